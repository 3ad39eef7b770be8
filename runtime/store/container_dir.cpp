// The directory of a container below the state root. Runs in: every verb.
#include "runtime/store/container_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include "sys/file.h"

namespace ocirt::store {

namespace {

constexpr size_t kMaxIdLength = 1024;
constexpr size_t kMaxStateSize = 16 << 20;

Error does_not_exist(const std::string& id) {
  // containerd matches "does not exist", podman also "No such file".
  return make_error(ErrorKind::NotFound, fmt::format("container \"{}\" does not exist", id));
}

// Makes `path` and all directories above it, each 0700. It is the caller's own path, so plain
// path walking is right.
Result<> make_directories(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  if (errno != ENOENT) return system_error(errno, fmt::format("make directory \"{}\"", path));
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos || slash == 0) {
    return system_error(ENOENT, fmt::format("make directory \"{}\"", path));
  }
  TRY(make_directories(path.substr(0, slash)));
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return system_error(errno, fmt::format("make directory \"{}\"", path));
}

// A state root that belongs to somebody else could name processes of ours to be killed.
Result<UniqueFd> open_root(const HostPath& root) {
  UniqueFd fd = TRY(sys::open_at(AT_FDCWD, root.text.c_str(), O_RDONLY | O_DIRECTORY));
  struct stat about {};
  if (::fstat(fd.get(), &about) < 0) return last_error(fmt::format("look at \"{}\"", root.text));
  if (::geteuid() == 0 || about.st_uid == ::geteuid()) return fd;
  return make_error(ErrorKind::Denied,
                    fmt::format("the state directory \"{}\" belongs to somebody else", root.text));
}

Result<UniqueFd> open_or_make_root(const HostPath& root) {
  Result<UniqueFd> fd = open_root(root);
  if (fd || fd.error().kind != ErrorKind::NotFound) return fd;
  TRY(make_directories(root.text));
  return open_root(root);
}

struct CloseDirectory {
  void operator()(DIR* directory) const { (void)::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// The names in a directory but "." and "..".
Result<std::vector<std::string>> names_in(int directory_fd) {
  UniqueFd own = TRY(sys::open_at(directory_fd, ".", O_RDONLY | O_DIRECTORY));
  const Directory directory(::fdopendir(own.get()));
  if (!directory) return last_error("list a directory");
  (void)own.release();  // closedir() closes it
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

// Removes all below a directory; `path` is its name in errors. There is one level of directories,
// but a payload with all privileges may make its notify directory writable, and fill it.
Result<> empty_directory(int directory, const std::string& path) {
  for (const std::string& name : TRY(names_in(directory))) {
    if (::unlinkat(directory, name.c_str(), 0) == 0) continue;
    const std::string below = fmt::format("{}/{}", path, name);
    if (errno != EISDIR) return last_error(fmt::format("remove \"{}\"", below));
    const UniqueFd child =
        TRY(sys::open_at(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    TRY(empty_directory(child.get(), below));
    if (::unlinkat(directory, name.c_str(), AT_REMOVEDIR) < 0) {
      return last_error(fmt::format("remove \"{}\"", below));
    }
  }
  return {};
}

}  // namespace

Result<HostPath> default_root(bool rootless) {
  // Root of a user namespace is root here only where /run belongs to that namespace: in a system
  // container it does; under a plain user's podman it is still the host's, whose owner has no
  // number here. The answer must not depend on the environment alone, which callers change from
  // verb to verb.
  struct stat run {};
  if (!rootless && (::stat("/run", &run) != 0 || run.st_uid == 0)) return HostPath{"/run/ocirt"};
  // Callers send XDG_RUNTIME_DIR="" (podman): that is as good as none.
  const char* runtime_dir = ::getenv("XDG_RUNTIME_DIR");
  if (runtime_dir != nullptr && *runtime_dir == '/')
    return HostPath{runtime_dir + std::string("/ocirt")};
  // Without a session (su, cron) /run/user/UID is missing; a directory in /tmp serves, if it is
  // ours.
  return HostPath{fmt::format("/tmp/ocirt-{}", ::geteuid())};
}

Result<> check_id(const std::string& id) {
  const auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-' || c == '.';
  };
  if (!id.empty() && id.size() <= kMaxIdLength && id[0] != '.' &&
      std::all_of(id.begin(), id.end(), is_allowed)) {
    return {};
  }
  return make_error(ErrorKind::InvalidConfig, fmt::format("invalid container id \"{}\"", id))
      .with_hint("an id has letters, digits, and _ + - . and doesn't start with a dot");
}

Result<ContainerDir> ContainerDir::reserve(const HostPath& root, const std::string& id) {
  UniqueFd root_fd = TRY(open_or_make_root(root));
  if (::mkdirat(root_fd.get(), id.c_str(), 0700) < 0) {
    if (errno != EEXIST) return system_error(errno, fmt::format("make \"{}/{}\"", root.text, id));
    return make_error(ErrorKind::AlreadyExists,
                      fmt::format("container with given ID already exists: \"{}\"", id));
  }
  Result<UniqueFd> fd =
      sys::open_at(root_fd.get(), id.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) {
    (void)::unlinkat(root_fd.get(), id.c_str(),
                     AT_REMOVEDIR);  // the error above is the one to tell
    return std::move(fd).error();
  }
  ContainerDir dir(std::move(root_fd), id, std::move(*fd), /*remove_at_end=*/true);
  if (::flock(dir.fd(), LOCK_EX | LOCK_NB) < 0) return last_error(fmt::format("lock \"{}\"", id));
  return dir;
}

Result<ContainerDir> ContainerDir::open_locked(const HostPath& root, const std::string& id) {
  Result<UniqueFd> root_fd = open_root(root);
  if (!root_fd) {
    if (root_fd.error().kind == ErrorKind::NotFound) return does_not_exist(id);
    return std::move(root_fd).error();
  }
  while (true) {
    Result<UniqueFd> fd =
        sys::open_at(root_fd->get(), id.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!fd) {
      if (fd.error().kind == ErrorKind::NotFound) return does_not_exist(id);
      return std::move(fd).error();
    }
    ContainerDir dir(TRY(open_root(root)), id, std::move(*fd), /*remove_at_end=*/false);
    // While we waited it may have been deleted, and another made in its place.
    if (TRY(dir.lock_again())) return dir;
  }
}

Result<bool> ContainerDir::lock_again() const {
  while (::flock(fd(), LOCK_EX) < 0) {
    if (errno != EINTR) return last_error(fmt::format("lock \"{}\"", id_));
  }
  struct stat held {};
  struct stat named {};
  return ::fstat(fd(), &held) == 0 &&
         ::fstatat(root_.get(), id_.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         held.st_ino == named.st_ino;
}

ContainerDir::~ContainerDir() {
  if (remove_at_end_ && fd_) (void)remove();  // the failure that led here is the one to tell
}

Result<> ContainerDir::write_state(const State& state) const {
  return sys::replace_file(fd(), kStateFile, print_state(state), 0600);
}

Result<State> ContainerDir::read_state() const {
  const std::string text = TRY(sys::read_file(fd(), kStateFile, kMaxStateSize));
  return parse_state(text);
}

void ContainerDir::unlock() const {
  (void)::flock(fd(), LOCK_UN);
}  // can't fail on a held lock

Result<> ContainerDir::remove() {
  remove_at_end_ = false;
  TRY(empty_directory(fd(), id_));
  if (::unlinkat(root_.get(), id_.c_str(), AT_REMOVEDIR) < 0 && errno != ENOENT) {
    return last_error(fmt::format("remove \"{}\"", id_));
  }
  return {};
}

Result<Found> find(const HostPath& root, const std::string& id) {
  TRY(check_id(id));
  const Result<UniqueFd> root_fd = open_root(root);
  if (!root_fd && root_fd.error().kind == ErrorKind::NotFound) return does_not_exist(id);
  if (!root_fd) return root_fd.error();
  return find(root_fd->get(), id);
}

Result<Found> find(int root, const std::string& id) {
  Result<UniqueFd> fd = sys::open_at(root, id.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) {
    if (fd.error().kind == ErrorKind::NotFound) return does_not_exist(id);
    return std::move(fd).error();
  }
  Found found{.directory = std::move(*fd), .state = {}, .being_made = false};
  Result<std::string> text = sys::read_short_file(found.directory.get(), kStateFile, kMaxStateSize);
  if (!text) {
    if (text.error().kind != ErrorKind::NotFound) return std::move(text).error();
    // Either `create` has just begun, or it was killed before its first write.
    found.state.id = id;
  } else {
    found.state = TRY(parse_state(*text));
  }
  if (found.state.pid == 0) {
    found.being_made = ::flock(found.directory.get(), LOCK_SH | LOCK_NB) < 0;
    if (!found.being_made) (void)::flock(found.directory.get(), LOCK_UN);  // only asked
  }
  return found;
}

Result<Listing> list(const HostPath& root) {
  Result<UniqueFd> root_fd = open_root(root);
  if (!root_fd) {
    if (root_fd.error().kind == ErrorKind::NotFound) return Listing{};
    return std::move(root_fd).error();
  }
  std::vector<std::string> ids = TRY(names_in(root_fd->get()));
  std::erase_if(ids, [](const std::string& name) { return name[0] == '.'; });
  std::sort(ids.begin(), ids.end());
  return Listing{.root = std::move(*root_fd), .ids = std::move(ids)};
}

}  // namespace ocirt::store
