// The process that changes the mounts of a container that runs. Runs in: joiner.
//
// It stays in the host's pid namespace, so that nobody in the container can see it, and never
// executes anything.
#include "runtime/stages/live_mounts_joiner.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/stages/identity.h"
#include "runtime/stages/protocol.h"
#include "runtime/stages/rootfs_builder.h"
#include "runtime/stages/steps.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/root_dir.h"

namespace ocirt::stages {

namespace {

Result<> join(const LiveMountsArguments& arguments) {
  if (::setns(arguments.container_init, static_cast<int>(arguments.namespaces)) < 0) {
    return last_error("join the container's namespaces");
  }
  if ((arguments.namespaces & CLONE_NEWUSER) != 0) TRY(become_namespace_root());
  return {};
}

Result<> add(const plan::RootfsPlan& plan, RootfsHandles& held) {
  (void)::umask(0);
  held.root = sys::MountFd(TRY(sys::open_at(AT_FDCWD, "/", O_PATH | O_DIRECTORY)));
  RootfsBuilder builder(plan, held);
  builder.distrust_links();
  for (size_t i = 0; i < plan.operations.size(); ++i) TRY(run_operation(plan, i, held, builder));
  return {};
}

Result<UniqueFd> open_without_links(const ContainerPath& path) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  UniqueFd fd(
      static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.text.c_str(), &how, sizeof how)));
  if (fd) return fd;
  Error error = last_error(fmt::format("remove the mount on \"{}\"", path.text));
  if (error.errno_value != ELOOP) return error;
  return std::move(error).with_hint("the path leads over a symbolic link: name the place itself");
}

Result<bool> is_root_of_mount(int fd) {
  struct statx status {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &status) < 0) return last_error("statx");
  return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

Result<> remove(const ContainerPath& path, int own_fds) {
  const UniqueFd mount = TRY(open_without_links(path));
  if (path.text == "/" || !TRY(is_root_of_mount(mount.get()))) {
    return make_error(ErrorKind::NotFound,
                      fmt::format("nothing is mounted on \"{}\" that could be removed", path.text));
  }
  Result<> done = sys::detach_mount(own_fds, mount.get());
  if (!done)
    return about(fmt::format("remove the mount on \"{}\"", path.text), std::move(done).error());
  return {};
}

}  // namespace

void live_mounts_joiner_main(void* argument) noexcept {
  LiveMountsArguments& arguments = *static_cast<LiveMountsArguments*>(argument);
  const Channel creator(arguments.joiner_end.get());
  const Steps step(creator);
  arguments.creator_end.reset();
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // fails for no valid signal
  (void)::prctl(PR_SET_NAME, "ocirt:mounts");
  UniqueFd own_fds;
  step(Stage::Join, [&]() -> Result<> {
    own_fds = TRY(sys::open_at(AT_FDCWD, "/proc/self/fd", O_PATH | O_DIRECTORY));
    TRY(join(arguments));
    (void)::prctl(PR_SET_DUMPABLE, 0);
    return {};
  });
  step(Stage::Rootfs, [&]() -> Result<> {
    if (arguments.plan != nullptr) return add(*arguments.plan, *arguments.held);
    for (const ContainerPath& path : arguments.destinations) TRY(remove(path, own_fds.get()));
    return {};
  });
  step(Stage::Ready, [&] { return creator.send(MessageType::Ready); });
  _exit(0);
}

}  // namespace ocirt::stages
