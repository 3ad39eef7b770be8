// Id maps of mounts: the user namespaces that hold them. Runs in: creator; map_ids() also in init.
#include "runtime/stages/mount_id_maps.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "runtime/stages/id_maps.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace ocirt::stages {

namespace {

// Keeps a user namespace alive until the creator holds it by an fd.
[[noreturn]] void hold_namespace(void* creator) noexcept {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);                          // fails for no valid signal
  if (::getppid() != *static_cast<const pid_t*>(creator)) _exit(1);  // it died before that
  for (;;) (void)::pause();
}

// Nobody enters the new namespace: it only carries the maps.
Result<UniqueFd> make_namespace(const plan::MountIdMap& map) {
  pid_t creator = ::getpid();
  const sys::Child holder = TRY(sys::spawn({.flags = CLONE_NEWUSER}, hold_namespace, &creator));
  TRY(write_id_maps({.method = plan::IdMapMethod::Direct, .uids = map.uids, .gids = map.gids},
                    holder.pid()));
  const std::string path = fmt::format("/proc/{}/ns/user", holder.pid());
  return sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY);
}

bool has_same_ids(const plan::MountIdMap& one, const plan::MountIdMap& other) {
  return one.uids == other.uids && one.gids == other.gids &&
         one.user_namespace == other.user_namespace;
}

}  // namespace

Result<int> MountIdMaps::namespace_of(const plan::MountIdMap& map) {
  for (const Made& made : made_) {
    if (has_same_ids(made.map, map)) return made.user_namespace.get();
  }
  const std::string& path = map.user_namespace.text;
  UniqueFd user_namespace =
      TRY(path.empty() ? make_namespace(map) : sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY));
  made_.push_back({.map = map, .user_namespace = std::move(user_namespace)});
  return made_.back().user_namespace.get();
}

Result<> map_ids(int mount, const plan::MountIdMap& map, int user_namespace) {
  const unsigned flags = map.recursive ? unsigned{AT_RECURSIVE} : 0;
  Result<> done = sys::mount_setattr(
      mount, "", flags,
      {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = static_cast<uint64_t>(user_namespace)});
  if (done) return done;
  Error error = std::move(done).error();
  error.text = "map its ids";
  if (error.errno_value == EINVAL) {
    error.kind = ErrorKind::Unsupported;
    error.hint =
        map.recursive
            ? "a file system in this tree can't map ids; \"idmap\" maps the top one alone"
            : "its file system can't map ids: local ones and tmpfs can, network ones can't";
  } else if (error.errno_value == EPERM) {
    error.hint =
        "it takes CAP_SYS_ADMIN over the file system and over the map's user namespace, and ids "
        "that are mapped already can't be mapped again";
  }
  return error;
}

}  // namespace ocirt::stages
