// Containers on disk: their records, names and locks.
#include "frontend/containers/store.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "frontend/containers/names.h"
#include "frontend/containers/trees.h"
#include "frontend/images/store.h"
#include "sys/file.h"

namespace ocirt::containers {

namespace {

constexpr size_t kMostRecord = 4 << 20;
constexpr mode_t kPrivate = 0700;
constexpr const char* kRecord = "container.json";
constexpr const char* kRemoving = ".removing-";

Result<UniqueFd> open_part(const std::string& root, const char* name) {
  const std::string path = root + '/' + name;
  if (::mkdir(path.c_str(), kPrivate) != 0 && errno != EEXIST) {
    return system_error(errno, fmt::format("make \"{}\"", path));
  }
  return sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

bool is_hex(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Error no_such(const std::string& text) {
  return make_error(
      ErrorKind::NotFound,
      fmt::format("no container with name or ID \"{}\" found: no such container", text));
}

Result<model::Record> load_from(int containers, const std::string& id) {
  const Result<std::string> text =
      sys::read_short_file(containers, (id + '/' + kRecord).c_str(), kMostRecord);
  if (!text) return no_such(id);
  return model::parse_record(*text);
}

std::vector<model::Record> list_from(int containers) {
  std::vector<model::Record> records;
  const std::vector<std::string> ids = images::list_directory(containers);
  records.reserve(ids.size());
  for (const std::string& id : ids) {
    if (Result<model::Record> record = load_from(containers, id)) {
      records.push_back(std::move(*record));
    }
  }
  return records;
}

}  // namespace

std::vector<model::Record> records_in(const std::string& root) {
  const Result<UniqueFd> containers =
      sys::open_at(AT_FDCWD, (root + "/containers").c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  return containers ? list_from(containers->get()) : std::vector<model::Record>();
}

std::string short_id(const std::string& id) {
  constexpr size_t kShown = 12;
  return id.substr(0, kShown);
}

Result<Store> Store::open(const Roots& roots) {
  Store store;
  store.roots_ = roots;
  store.containers_ = TRY(open_part(roots.store, "containers"));
  store.names_ = TRY(open_part(roots.store, "container-names"));
  TRY(make_run_root(roots.run));
  return store;
}

std::vector<std::string> Store::ids() const {
  return images::list_directory(containers_.get());
}

std::vector<model::Record> Store::list() const {
  return list_from(containers_.get());
}

Result<model::Record> Store::load(const std::string& id) const {
  return load_from(containers_.get(), id);
}

std::optional<std::string> Store::owner_of_name(const std::string& name) const {
  if (name.find('/') != std::string::npos) return std::nullopt;
  Result<std::string> id = sys::read_link(names_.get(), name.c_str());
  if (!id) return std::nullopt;
  return std::move(*id);
}

Result<model::Record> Store::find(const std::string& text) const {
  if (text.empty() || text.find('/') != std::string::npos) return no_such(text);
  if (const std::optional<std::string> id = owner_of_name(text)) {
    Result<model::Record> record = load(*id);
    if (record && record->name == text) return record;
  }
  if (!is_hex(text)) return no_such(text);
  std::string match;
  for (const std::string& id : ids()) {
    if (!id.starts_with(text)) continue;
    if (!match.empty()) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("more than one container has an ID that begins with {}", text));
    }
    match = id;
  }
  if (match.empty()) return no_such(text);
  Result<model::Record> record = load(match);
  if (!record && record.error().kind == ErrorKind::NotFound) return no_such(text);
  return record;
}

Result<UniqueFd> Store::make(const model::Record& record) const {
  if (::mkdirat(containers_.get(), record.id.c_str(), kPrivate) != 0) {
    return last_error("make the container's directory");
  }
  std::optional<UniqueFd> lock = take_lock(record.id, LOCK_EX);
  if (!lock) return make_error(ErrorKind::NotFound, "the container was removed while it was made");
  Result<> made = claim_name(record.name, record.id);
  for (const char* name : {"upper", "work", "rootfs"}) {
    if (!made) break;
    // The container's root directory has the mode that people expect of "/".
    if (::mkdirat(lock->get(), name, 0755) != 0) made = last_error("make a container's directory");
  }
  if (made) made = save(record);
  if (made) return std::move(*lock);
  (void)remove(record);  // the first error matters more
  return made.error();
}

Result<> Store::save(const model::Record& record) const {
  constexpr mode_t kPrivateFile = 0600;
  const UniqueFd directory =
      TRY(sys::open_at(containers_.get(), record.id.c_str(), O_RDONLY | O_DIRECTORY));
  return sys::replace_file(directory.get(), kRecord, model::print_record(record), kPrivateFile);
}

std::optional<UniqueFd> Store::take_lock(const std::string& id, int how) const {
  UniqueFd fd(::openat(containers_.get(), id.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  while (::flock(fd.get(), how) != 0) {
    if (errno != EINTR) return std::nullopt;
  }
  // Whoever had it before may have removed the container.
  struct stat held {};
  struct stat named {};
  if (::fstat(fd.get(), &held) != 0 ||
      ::fstatat(containers_.get(), id.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 ||
      held.st_ino != named.st_ino) {
    return std::nullopt;
  }
  return fd;
}

Result<UniqueFd> Store::lock(const std::string& id) const {
  std::optional<UniqueFd> fd = take_lock(id, LOCK_EX);
  if (!fd) return no_such(id);
  return std::move(*fd);
}

std::optional<UniqueFd> Store::try_lock(const std::string& id) const {
  return take_lock(id, LOCK_EX | LOCK_NB);
}

// Whether the link is left from a container that has gone, or has another name by now.
bool Store::is_stale(const std::string& name, const std::string& id) const {
  struct stat info {};
  if (::fstatat(containers_.get(), id.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return true;
  const Result<model::Record> record = load(id);
  if (record) return record->name != name && try_lock(id).has_value();
  return try_lock(id).has_value();  // nobody is making it any more
}

Result<> Store::claim_name(const std::string& name, const std::string& id) const {
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    if (::symlinkat(id.c_str(), names_.get(), name.c_str()) == 0) return {};
    if (errno != EEXIST) return last_error(fmt::format("take the name \"{}\"", name));
    const std::optional<std::string> owner = owner_of_name(name);
    if (!owner) continue;  // it has just become free
    if (*owner == id) return {};
    if (!is_stale(name, *owner)) {
      return make_error(ErrorKind::AlreadyExists,
                        fmt::format(
                            "the container name \"{}\" is already in use by {}. You have to remove "
                            "that container to be able to reuse that name: that name is already in "
                            "use",
                            name, *owner))
          .with_hint(fmt::format("ocictl rm {}, or ocictl run --replace", name));
    }
    drop_name(name, *owner);
  }
  return make_error(ErrorKind::AlreadyExists, fmt::format("the container name \"{}\" is wanted by "
                                                          "others, too",
                                                          name));
}

// Only if it still is the one's: moved aside first, since another may take it at this very moment.
void Store::drop_name(const std::string& name, const std::string& id) const {
  const std::string aside = fmt::format(".{}.{}", name, ::getpid());
  if (::renameat(names_.get(), name.c_str(), names_.get(), aside.c_str()) != 0) return;
  const std::optional<std::string> owner = owner_of_name(aside);
  if (owner && *owner != id) {
    (void)::renameat2(names_.get(), aside.c_str(), names_.get(), name.c_str(), RENAME_NOREPLACE);
  }
  (void)::unlinkat(names_.get(), aside.c_str(), 0);
}

Result<> Store::rename(model::Record& record, const std::string& name) const {
  const std::string before = record.name;
  if (before == name) return {};
  TRY(claim_name(name, record.id));
  record.name = name;
  if (Result<> saved = save(record); !saved) {
    record.name = before;
    drop_name(name, record.id);
    return saved;
  }
  drop_name(before, record.id);
  return {};
}

Result<> Store::remove(const model::Record& record) const {
  const std::string aside = kRemoving + record.id;
  if (::renameat(containers_.get(), record.id.c_str(), containers_.get(), aside.c_str()) != 0 &&
      errno != ENOENT) {
    return last_error(fmt::format("remove container {}", short_id(record.id)));
  }
  if (owner_of_name(record.name) == record.id) drop_name(record.name, record.id);
  return remove_files(containers_.get(), aside);
}

void Store::sweep() const {
  constexpr time_t kYoung_s = 60;
  for (const std::string& name : hidden_names(containers_.get())) {
    if (name.starts_with(kRemoving)) (void)remove_files(containers_.get(), name);  // or the next
  }
  for (const std::string& id : ids()) {
    struct stat info {};
    if (::fstatat(containers_.get(), (id + '/' + kRecord).c_str(), &info, 0) == 0) continue;
    if (::fstatat(containers_.get(), id.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (info.st_mtime + kYoung_s > ::time(nullptr)) continue;
    if (const std::optional<UniqueFd> lock = try_lock(id)) {
      (void)remove_files(containers_.get(), id);  // or the next
    }
  }
}

Result<std::string> Store::free_id() const {
  std::array<unsigned char, 32> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return last_error("get random bytes");
  }
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

std::string Store::free_name() const {
  constexpr int kTries = 10;
  for (int i = 0;; ++i) {
    unsigned number = 0;
    (void)::getrandom(&number, sizeof number, 0);
    std::string name = make_name(number);
    if (i >= kTries) name += std::to_string(number % 1000);
    if (!owner_of_name(name)) return name;
  }
}

}  // namespace ocirt::containers
