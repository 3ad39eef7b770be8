// Makes the rootfs "/", and the console part of it. Runs in: init.
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string>
#include <string_view>

#include "runtime/stages/rootfs.h"
#include "runtime/stages/rootfs_builder.h"
#include "runtime/stages/rootfs_no_pivot.h"

namespace ocirt::stages {

namespace {

// Whatever was unmounted from the old root would be unmounted on the host as well, unless no event
// goes back. The new namespace was set so before anything was mounted, if the plan said it.
bool tells_the_host(uint64_t inherited_propagation) {
  constexpr uint64_t kOneWay = MS_SLAVE | MS_PRIVATE | MS_UNBINDABLE;
  return (inherited_propagation & kOneWay) == 0 || (inherited_propagation & MS_REC) == 0;
}

Result<> swap_roots(const plan::RootfsPlan& plan) {
  const bool tells = tells_the_host(plan.inherited_propagation);
  UniqueFd old_root;
  if (tells) {
    old_root.reset(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!old_root) return last_error("open \"/\"");
  }
  // The old root ends up on top of the new one, so no directory for it is needed (pivot_root(2)).
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return last_error("pivot_root");
  if (tells) {
    TRY(sys::mount_setattr(old_root.get(), "", AT_RECURSIVE, {.propagation = MS_SLAVE}));
  }
  if (::umount2(".", MNT_DETACH) != 0) return last_error("unmount the old root");
  return {};
}

// getcwd(2) tells "(unreachable)" for a directory that isn't below our root (CVE-2024-21626).
Result<> verify_working_directory() {
  std::array<char, PATH_MAX> path{};
  if (::syscall(SYS_getcwd, path.data(), path.size()) < 0) return last_error("getcwd");
  if (std::string_view(path.data()) == "/") return {};
  return make_error(ErrorKind::Bug, "the working directory is not the new root");
}

// Makes the root of our mount namespace our own root, which it isn't when we were started in a
// chroot. pivot_root would then only replace the chroot, the host's root would stay above it, and
// whoever joins the namespace, as `exec` does, would land there: setns(2) takes the namespace's
// root.
//
// Where the rootfs is attached over "/" itself, that leads into the rootfs, and the old root has to
// stay ours to be pivoted away.
Result<> leave_chroot(int rootfs) {
  const UniqueFd own_root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!own_root || !self) return last_error("open our own process");
  if (::setns(self.get(), CLONE_NEWNS) != 0) return last_error("go to the mount namespace's root");
  struct statx now {};
  struct statx target {};
  if (::statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &now) != 0 ||
      ::statx(rootfs, "", AT_EMPTY_PATH, STATX_MNT_ID, &target) != 0) {
    return last_error("look at the root");
  }
  if (now.stx_mnt_id != target.stx_mnt_id) return {};
  if (::fchdir(own_root.get()) != 0 || ::chroot(".") != 0) return last_error("go back to the root");
  return {};
}

Result<> change_root(const plan::RootfsPlan& plan, const RootfsHandles& held) {
  TRY(leave_chroot(held.root.get()));
  if (::fchdir(held.root.get()) != 0) return last_error("chdir");
  TRY(plan.no_pivot ? move_root_to_slash(plan, held.root.get()) : swap_roots(plan));
  return verify_working_directory();
}

}  // namespace

Result<> pivot(const plan::RootfsPlan& plan, const RootfsHandles& held) {
  Result<> done = change_root(plan, held);
  if (!done) return about("pivot to rootfs \"" + plan.root.text + '"', std::move(done).error());
  return done;
}

Result<> bind_console(int pty_peer_fd) {
  const auto failed = [](Error error) {
    return about("mount the terminal on \"/dev/console\"", std::move(error));
  };
  Result<sys::MountFd> terminal = sys::open_tree(pty_peer_fd, "", 0);
  if (!terminal) return failed(std::move(terminal).error());
  // As for other nodes: what covers it here must not cover it where its devpts came from.
  Result<> alone = sys::mount_setattr(terminal->get(), "", 0, {.propagation = MS_PRIVATE});
  if (!alone) return failed(std::move(alone).error());
  Result<sys::RootDir> root = sys::RootDir::open(HostPath{"/"});
  if (!root) return failed(std::move(root).error());
  Result<sys::RootDir::Parent> dev = root->make_parent({"/dev/console"}, kDirectoryMode);
  if (!dev) return failed(std::move(dev).error());

  // What is there is covered, whatever it is; a link is not followed.
  const int directory = dev->directory.get();
  constexpr int kCreate = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDONLY;
  UniqueFd target(::openat(directory, "console", kCreate, 0620));
  if (!target && errno == EEXIST) {
    target.reset(::openat(directory, "console", O_PATH | O_NOFOLLOW | O_CLOEXEC));
  }
  if (!target) return failed(last_error("create"));
  Result<UniqueFd> mounted = std::move(*terminal).attach(target.get());
  if (!mounted) return failed(std::move(mounted).error());
  return {};
}

}  // namespace ocirt::stages
