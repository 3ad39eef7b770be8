// The process that the monitor is there for.
#include "shim/payload.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <utility>

#include "sys/file.h"

namespace ocirt::shim {
namespace {

// From linux/pidfd.h of Linux 6.15, which is newer than the C library's headers.
struct PidfdInfo {
  uint64_t mask;
  uint64_t cgroupid;
  uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
  int32_t exit_code;  // as wait(2) has it
};
constexpr uint64_t kInfoExit = 1U << 3;                         // PIDFD_INFO_EXIT
constexpr unsigned long kGetInfo = _IOWR(0xFF, 11, PidfdInfo);  // PIDFD_GET_INFO
constexpr unsigned kWholeGroup = 1U << 2;                       // PIDFD_SIGNAL_PROCESS_GROUP
constexpr idtype_t kByPidfd = P_PIDFD;
constexpr long kPidFs = 0x50494446;  // PID_FS_MAGIC

void take_status(Ending& ending, int status) {
  if (WIFSIGNALED(status)) {
    ending.signal = WTERMSIG(status);
  } else {
    ending.exit_code = WEXITSTATUS(status);
  }
}

// As wait(2) has it, from the last field of /proc/PID/stat. 0 says nothing: it stands there as well
// for those who may not know (proc(5), exit_code).
int status_of_zombie(pid_t pid) {
  const std::string file = "/proc/" + std::to_string(pid) + "/stat";
  Result<std::string> line = sys::read_file(AT_FDCWD, file.c_str(), 4096);
  if (!line) return 0;
  while (line->ends_with('\n')) line->pop_back();
  const size_t field = line->rfind(' ') + 1;
  int status = 0;
  (void)std::from_chars(line->data() + field, line->data() + line->size(), status);  // or 0
  return status;
}

}  // namespace

Result<pid_t> read_pid_file(const std::string& path) {
  const std::string text = TRY(sys::read_file(AT_FDCWD, path.c_str(), 64));
  pid_t pid = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (code != std::errc{} || pid <= 0) {
    return make_error(ErrorKind::System, "no pid in \"" + path + "\"");
  }
  return pid;
}

Result<Payload> Payload::open(pid_t pid) {
  Payload payload;
  payload.pidfd_ = TRY(sys::Pidfd::open(pid));
  payload.pid_ = pid;
  return payload;
}

Payload Payload::adopt(pid_t pid, UniqueFd pidfd) {
  Payload payload;
  payload.pidfd_ = sys::Pidfd(std::move(pidfd));
  payload.pid_ = pid;
  return payload;
}

bool is_pidfd(int fd) {
  struct statfs about {};
  return ::fstatfs(fd, &about) == 0 && about.f_type == kPidFs;
}

void Payload::signal(int number) const {
  (void)pidfd_.send_signal(number);  // it has ended: we are about to hear of it
}

void Payload::kill_group() const {
  // Only a leader's group is the payload's own: another one could be ours.
  if (::getpgid(pid_) == pid_ &&
      ::syscall(SYS_pidfd_send_signal, fd(), SIGKILL, nullptr, kWholeGroup) == 0) {
    return;
  }
  signal(SIGKILL);
}

bool Payload::has_ended(Ending& ending) {
  siginfo_t info{};
  const int waited = ::waitid(kByPidfd, static_cast<id_t>(fd()), &info, WEXITED | WNOHANG);
  if (waited == 0 && info.si_pid == 0) return false;
  if (waited == 0) {
    if (info.si_code == CLD_EXITED) {
      ending.exit_code = info.si_status;
    } else {
      ending.signal = info.si_status;
    }
    return true;
  }
  if (errno != ECHILD) return false;
  return ask_kernel(ending);
}

bool Payload::ask_kernel(Ending& ending) const {
  PidfdInfo info{};
  info.mask = kInfoExit;
  const bool answers = ::ioctl(fd(), kGetInfo, &info) == 0;
  if (answers && (info.mask & kInfoExit) != 0) {
    take_status(ending, info.exit_code);
    return true;
  }
  pollfd state{.fd = fd(), .events = POLLIN, .revents = 0};
  if (::poll(&state, 1, 0) <= 0) return false;  // it still runs
  if ((state.revents & POLLHUP) == 0) {
    const int status = status_of_zombie(pid_);
    // While it hasn't been reaped, its pid was its own.
    const bool was_its_own = ::poll(&state, 1, 0) > 0 && (state.revents & POLLHUP) == 0;
    if (was_its_own && status != 0) {
      take_status(ending, status);
      return true;
    }
    // Its fate is told when its parent has reaped it; an old kernel never tells.
    if (answers) return false;
  }
  ending.is_known = false;
  return true;
}

}  // namespace ocirt::shim
