// A procfs that nobody could tamper with: made anew, or checked to be the real one.
#include "sys/proc_dir.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "sys/mount.h"

namespace ocirt::sys {

namespace {

constexpr ino_t kProcRootInode = 1;  // PROC_ROOT_INO in the kernel

std::string name_of(std::string_view path) {
  return "\"/proc/" + std::string(path) + '"';
}

int open_beneath(int directory, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  // Not NO_SYMLINKS: "thread-self" and "net" are links, which lead to places in the same mount.
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how));
}

// "/proc", where it is the root of a procfs. What lies on top of parts of it is found out later, by
// RESOLVE_NO_XDEV.
Result<UniqueFd> visible_proc() {
  UniqueFd proc(::open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!proc) return last_error("open \"/proc\"");
  if (!TRY(is_proc_root(proc.get()))) {
    return make_error(ErrorKind::Denied, "\"/proc\" is no procfs");
  }
  return proc;
}

// A procfs of our own, mounted nowhere. Where that isn't allowed (a user namespace that sees no
// complete procfs), a copy of the top mount of "/proc" alone, without what is mounted on it.
Result<UniqueFd> private_proc() {
  constexpr uint64_t kQuiet = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  Result<MountFd> fresh = mount_detached("proc", kQuiet);
  if (fresh) return std::move(*fresh).release();
  const UniqueFd visible = TRY(visible_proc());
  Result<MountFd> copy = open_tree(visible.get(), "", 0);
  if (!copy) return Failure(std::move(fresh).error());
  return std::move(*copy).release();
}

}  // namespace

Result<bool> is_proc_root(int fd) {
  struct statfs system {};
  struct stat status {};
  if (::fstatfs(fd, &system) != 0 || ::fstat(fd, &status) != 0) return last_error("stat procfs");
  return system.f_type == PROC_SUPER_MAGIC && status.st_ino == kProcRootInode;
}

Result<ProcDir> ProcDir::open() {
  Result<UniqueFd> visible = visible_proc();
  if (visible) return ProcDir(std::move(*visible), false);
  return ProcDir(TRY(private_proc()), true);
}

Result<UniqueFd> ProcDir::open(std::string_view path, int flags) {
  const std::string text(path);
  for (;;) {
    UniqueFd file(open_beneath(root_.get(), text.c_str(), flags));
    if (file) return file;
    // Nothing can be mounted on a private procfs, so there the plain call is as good.
    if (private_ && (errno == ENOSYS || errno == EPERM)) {
      file.reset(::openat(root_.get(), text.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
      if (file) return file;
    }
    const bool hidden = errno == EXDEV || errno == ENOSYS || errno == EPERM;
    if (private_ || !hidden) return last_error("open " + name_of(path));
    root_ = TRY(private_proc());
    private_ = true;
  }
}

Result<UniqueFd> ProcDir::reopen(int fd, int flags) {
  // The directory of links is looked up safely; the last step has to follow a magic link.
  const UniqueFd links = TRY(open("thread-self/fd", O_PATH | O_DIRECTORY));
  const std::string name = std::to_string(fd);
  UniqueFd file(::openat(links.get(), name.c_str(), flags | O_CLOEXEC));
  if (!file) return last_error("open " + name_of("thread-self/fd/" + name));
  return file;
}

Result<> ProcDir::write(std::string_view path, std::string_view value) {
  const UniqueFd file = TRY(open(path, O_WRONLY));
  const ssize_t written = ::write(file.get(), value.data(), value.size());
  if (written == static_cast<ssize_t>(value.size())) return {};
  if (written >= 0) return make_error(ErrorKind::System, "short write to " + name_of(path));
  return last_error("write " + name_of(path));
}

}  // namespace ocirt::sys
