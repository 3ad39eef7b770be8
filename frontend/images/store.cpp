// The store: images, names and layers as files.
#include "frontend/images/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "frontend/images/records.h"
#include "sys/file.h"

namespace ocirt::images {

namespace {

constexpr size_t kMostDocument = 16 << 20;
constexpr mode_t kPrivate = 0700;
constexpr mode_t kPrivateFile = 0600;
constexpr mode_t kSharedMode = 0755;
constexpr mode_t kModeBits = 07777;
constexpr const char* kShared = "shared";

// All directories on the way, as mkdir -p; only the last is the store's.
Result<> make_path(const std::string& path) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), slash == std::string::npos ? kPrivate : 0755) != 0 &&
        errno != EEXIST) {
      return last_error(fmt::format("make \"{}\"", part));
    }
    if (slash == std::string::npos) return {};
  }
}

Result<UniqueFd> make_part(int root, const char* name, mode_t mode) {
  if (::mkdirat(root, name, mode) != 0 && errno != EEXIST) {
    return last_error(fmt::format("make \"{}\" in the store", name));
  }
  return sys::open_at(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

Result<UniqueFd> open_part(int root, const char* name) {
  return sys::open_at(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

// Whether a shared lock could be had within ten seconds.
bool lock_soon(int fd) {
  constexpr int kTries = 1000;
  constexpr timespec kPause = {.tv_sec = 0, .tv_nsec = 10'000'000};
  for (int i = 0; i < kTries; ++i) {
    if (::flock(fd, LOCK_SH | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    (void)::nanosleep(&kPause, nullptr);
  }
  return false;
}

}  // namespace

std::string default_store_root() {
  if (const char* set = std::getenv("OCICTL_ROOT"); set != nullptr && *set == '/') return set;
  if (::geteuid() == 0) return "/var/lib/ocirt";
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') {
    return std::string(data) + "/ocirt";
  }
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "/tmp" : home) + "/.local/share/ocirt";
}

std::string layer_directory(std::string_view diff_id) {
  return std::string(diff_id.substr(diff_id.find(':') + 1));
}

std::vector<std::string> list_directory(int directory) {
  std::vector<std::string> names;
  const int fd = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = fd < 0 ? nullptr : ::fdopendir(fd);
  if (stream == nullptr) return names;
  while (const dirent* entry = ::readdir(stream)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  (void)::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

Result<Store> Store::open(const std::string& root) {
  Store store;
  store.root_ = root;
  TRY(make_path(root));
  UniqueFd fd = TRY(sys::open_at(AT_FDCWD, root.c_str(), O_RDONLY | O_DIRECTORY));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return last_error(fmt::format("look at \"{}\"", root));
  if (info.st_uid != ::geteuid()) {
    return make_error(ErrorKind::Denied,
                      fmt::format("the store \"{}\" belongs to another user", root))
        .with_hint("name one of your own: --root DIR");
  }
  store.owner_ = info.st_uid;
  struct stat marker {};
  store.shared_ = ::fstatat(fd.get(), kShared, &marker, AT_SYMLINK_NOFOLLOW) == 0 &&
                  S_ISREG(marker.st_mode) && marker.st_uid == info.st_uid;
  // Others must reach no set-id program of an image (CVE-2021-41091, CVE-2021-41103). A shared
  // store has none (unpack::Owners::Shared).
  const mode_t mode = store.directory_mode();
  if ((info.st_mode & kModeBits) != mode && ::fchmod(fd.get(), mode) != 0) {
    return last_error(fmt::format("set the mode of \"{}\"", root));
  }
  store.names_ = TRY(make_part(fd.get(), "names", mode));
  store.images_ = TRY(make_part(fd.get(), "images", mode));
  store.layers_ = TRY(make_part(fd.get(), "layers", mode));
  store.partial_ = TRY(make_part(fd.get(), "partial", kPrivate));
  store.trash_ = TRY(make_part(fd.get(), "trash", kPrivate));
  store.root_fd_ = std::move(fd);
  return store;
}

Result<> Store::share() {
  if (shared_) return {};
  if (!list_directory(layers_.get()).empty() || !list_directory(images_.get()).empty()) {
    return make_error(ErrorKind::BadState,
                      fmt::format("the store \"{}\" has images already, with set-id programs and "
                                  "private files, perhaps",
                                  root_))
        .with_hint("share an empty one, and pull into that: ocictl --root DIR system share");
  }
  for (const UniqueFd* part : {&names_, &images_, &layers_, &root_fd_}) {
    if (::fchmod(part->get(), kSharedMode) != 0) return last_error("open the store to others");
  }
  // Last: whoever is killed before has a store that the next ocictl closes again.
  TRY(sys::replace_file(root_fd_.get(), kShared, "", kPrivateFile));
  shared_ = true;
  return {};
}

Result<Store> Store::open_read_only(const std::string& root) {
  Store store;
  store.root_ = root;
  store.read_only_ = true;
  const UniqueFd fd = TRY(sys::open_at(AT_FDCWD, root.c_str(), O_RDONLY | O_DIRECTORY));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return last_error(fmt::format("look at \"{}\"", root));
  store.owner_ = info.st_uid;
  store.names_ = TRY(open_part(fd.get(), "names"));
  store.images_ = TRY(open_part(fd.get(), "images"));
  store.layers_ = TRY(open_part(fd.get(), "layers"));
  return store;
}

std::optional<ImageRecord> Store::find_image(const std::string& id) const {
  if (id.find('/') != std::string::npos) return std::nullopt;
  const Result<std::string> text =
      sys::read_file(images_.get(), (id + "/image.json").c_str(), kMostDocument);
  if (!text) return std::nullopt;
  std::optional<ImageRecord> record = parse_image(*text);
  if (record) {
    record->read_only = read_only_;
    record->store = root_;
  }
  return record;
}

std::vector<ImageRecord> Store::list_images() const {
  std::vector<ImageRecord> records;
  for (const std::string& id : list_directory(images_.get())) {
    if (std::optional<ImageRecord> record = find_image(id)) records.push_back(std::move(*record));
  }
  return records;
}

std::optional<NameRecord> Store::find_name(const std::string& name) const {
  const Result<std::string> text =
      sys::read_file(names_.get(), escape_name(name).c_str(), kMostDocument);
  return text ? parse_name(*text) : std::nullopt;
}

std::vector<NameRecord> Store::list_names() const {
  struct Dated {
    timespec given{};
    NameRecord record;
  };
  std::vector<Dated> dated;
  for (const std::string& file : list_directory(names_.get())) {
    const Result<std::string> text = sys::read_file(names_.get(), file.c_str(), kMostDocument);
    std::optional<NameRecord> record = text ? parse_name(*text) : std::nullopt;
    struct stat info {};
    if (!record || ::fstatat(names_.get(), file.c_str(), &info, 0) != 0) continue;
    dated.push_back({.given = info.st_mtim, .record = std::move(*record)});
  }
  std::stable_sort(dated.begin(), dated.end(), [](const Dated& one, const Dated& other) {
    return std::pair(one.given.tv_sec, one.given.tv_nsec) >
           std::pair(other.given.tv_sec, other.given.tv_nsec);
  });
  std::vector<NameRecord> records;
  for (Dated& each : dated) records.push_back(std::move(each.record));
  return records;
}

Result<std::string> Store::read_document(const std::string& id, const char* which) const {
  return sys::read_file(images_.get(), fmt::format("{}/{}", id, which).c_str(), kMostDocument);
}

std::optional<LayerRecord> Store::find_layer(const std::string& diff_id) const {
  const std::string path = layer_directory(diff_id) + "/layer.json";
  const Result<std::string> text = sys::read_file(layers_.get(), path.c_str(), kMostDocument);
  return text ? parse_layer(*text) : std::nullopt;
}

std::optional<UniqueFd> Store::hold_layer(const std::string& diff_id) const {
  const std::string name = layer_directory(diff_id);
  UniqueFd fd(::openat(layers_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  // Whoever removes the layer has the lock only while he renames it; then the name is gone. Another
  // user of a shared store may keep it for ever.
  if (!lock_soon(fd.get()) && !read_only_) return std::nullopt;
  struct stat held {};
  struct stat named {};
  if (::fstat(fd.get(), &held) != 0 || ::fstatat(layers_.get(), name.c_str(), &named, 0) != 0 ||
      held.st_ino != named.st_ino) {
    return std::nullopt;
  }
  return fd;
}

Result<> Store::set_name(const NameRecord& record) const {
  return sys::replace_file(names_.get(), escape_name(record.name).c_str(), print_name(record),
                           file_mode());
}

Result<> Store::remove_name(const std::string& name) const {
  if (::unlinkat(names_.get(), escape_name(name).c_str(), 0) == 0 || errno == ENOENT) return {};
  return last_error(fmt::format("remove the name \"{}\"", name));
}

Result<> Store::add_image(const ImageRecord& record, std::string_view manifest,
                          std::string_view config) const {
  if (find_image(record.id)) {
    // It is here under another name or manifest: what is new replaces what was, file by file.
    const UniqueFd lock = TRY(lock_image(*this, record.id));
    const UniqueFd directory =
        TRY(sys::open_at(images_.get(), record.id.c_str(), O_RDONLY | O_DIRECTORY));
    TRY(sys::replace_file(directory.get(), "manifest", manifest, file_mode()));
    return sys::replace_file(directory.get(), "image.json", print_image(record), file_mode());
  }
  const std::string making = fmt::format("image-{}-{}", record.id.substr(0, 12), ::getpid());
  if (::mkdirat(partial_.get(), making.c_str(), directory_mode()) != 0 && errno != EEXIST) {
    return last_error("make an image's directory");
  }
  const UniqueFd directory =
      TRY(sys::open_at(partial_.get(), making.c_str(), O_RDONLY | O_DIRECTORY));
  TRY(sys::replace_file(directory.get(), "manifest", manifest, file_mode()));
  TRY(sys::replace_file(directory.get(), "config", config, file_mode()));
  TRY(sys::replace_file(directory.get(), "image.json", print_image(record), file_mode()));
  // Before it can be seen: a power cut must not leave a record without its bytes.
  if (::syncfs(directory.get()) != 0) return last_error("bring the image's record to the disk");
  if (::renameat2(partial_.get(), making.c_str(), images_.get(), record.id.c_str(),
                  RENAME_NOREPLACE) == 0) {
    return {};
  }
  if (errno != EEXIST) return last_error("put an image in place");
  for (const char* file : {"manifest", "config", "image.json"}) {
    (void)::unlinkat(directory.get(), file, 0);  // another pull was faster; the sweeper's otherwise
  }
  (void)::unlinkat(partial_.get(), making.c_str(), AT_REMOVEDIR);
  return {};
}

void keep_older_digests(const Store& store, ImageRecord& record) {
  const std::optional<ImageRecord> before = store.find_image(record.id);
  if (!before) return;
  for (const std::string& digest : before->repo_digests) {
    if (std::find(record.repo_digests.begin(), record.repo_digests.end(), digest) ==
        record.repo_digests.end()) {
      record.repo_digests.push_back(digest);
    }
  }
}

Result<UniqueFd> lock_image(const Store& store, const std::string& id) {
  // A file that others can't open: in a shared store they could lock the directory for ever.
  UniqueFd fd = TRY(sys::open_at(store.images(), (id + "/lock").c_str(),
                                 O_RDWR | O_CREAT | O_NOFOLLOW, kPrivateFile));
  if (::flock(fd.get(), LOCK_EX) != 0) return last_error(fmt::format("lock image {}", id));
  return fd;
}

}  // namespace ocirt::images
