// What init and the process that `exec` adds have in common: terminal, directory, filter, execve.
// Runs in: init, and the process that `exec` adds.
#include "runtime/stages/payload.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/stages/rootfs.h"
#include "runtime/stages/seccomp.h"
#include "sys/root_dir.h"
#include "sys/socket.h"
#include "sys/terminal.h"

namespace ocirt::stages {

Result<> lead_session() {
  // EPERM: we lead a session already, since a terminal was taken.
  if (::setsid() < 0 && errno != EPERM) return last_error("start a session");
  return {};
}

namespace {

Result<> give_master_away(int master, int console_socket, const Channel& creator) {
  if (console_socket < 0) return creator.send(MessageType::Terminal, 0, master);
  // Receivers want between 1 and 4095 bytes beside the fd; runc sends the terminal's path.
  constexpr std::string_view kName = "/dev/console";
  return sys::send_packet(console_socket, std::as_bytes(std::span(kName)), master);
}

}  // namespace

Result<UniqueFd> open_terminal(const plan::ProcessPlan& process, int console_socket,
                               const Channel& creator, bool as_console) {
  if (!process.terminal) return UniqueFd();
  Result<sys::Pty> pty = sys::open_pty("/dev/pts/ptmx");
  if (!pty) {
    return std::move(pty).error().with_hint(
        "a terminal needs a devpts mount on /dev/pts in the config");
  }
  // A terminal whose group isn't mapped can't be given away wholly; the uid is what counts.
  if (::fchown(pty->peer.get(), process.uid, static_cast<gid_t>(-1)) < 0) {
    return last_error("give the terminal to the container's user");
  }
  if (process.console_size) {
    TRY(sys::set_window_size(pty->master.get(),
                             static_cast<unsigned short>(process.console_size->height),
                             static_cast<unsigned short>(process.console_size->width)));
  }
  if (as_console) TRY(bind_console(pty->peer.get()));
  TRY(give_master_away(pty->master.get(), console_socket, creator));
  return std::move(pty->peer);
}

Result<> take_terminal(const UniqueFd& peer) {
  if (!peer) return {};
  return sys::take_terminal(peer.get());
}

Result<> make_working_directory(const plan::ProcessPlan& process) {
  if (process.cwd == "/") return {};
  const sys::RootDir root = TRY(sys::RootDir::open(HostPath{"/"}));
  Result<UniqueFd> made = root.make_directories(ContainerPath{process.cwd}, 0755);
  // Who can't make it may still be able to enter it, and says so there if not.
  if (!made && made.error().errno_value == ENOTDIR) return std::move(made).error();
  return {};
}

namespace {

// A directory outside of our root has no path that starts with "/": the kernel's getcwd says
// "(unreachable)" then (getcwd(2)). The C library's would hide that.
Result<> check_working_directory(const std::string& wanted) {
  std::array<char, 4096> path{};
  const long length = ::syscall(SYS_getcwd, path.data(), path.size());
  if (length < 0 || path[0] != '/') {
    return make_error(ErrorKind::Denied,
                      fmt::format("working directory \"{}\" is outside of the container", wanted));
  }
  return {};
}

}  // namespace

Result<> enter_working_directory(const plan::ProcessPlan& process) {
  const sys::RootDir root = TRY(sys::RootDir::open(HostPath{"/"}));
  Result<UniqueFd> directory = root.open(ContainerPath{process.cwd}, O_PATH | O_DIRECTORY);
  if (!directory || ::fchdir(directory->get()) < 0) {
    const int reason = directory ? errno : directory.error().errno_value;
    return system_error(
        reason, fmt::format("chdir to cwd (\"{}\") set in config.json failed", process.cwd));
  }
  return check_working_directory(process.cwd);
}

Result<> load_filter(const std::optional<plan::SeccompPlan>& plan,
                     std::span<const sock_filter> filter, const Channel& creator) {
  if (!plan || filter.empty()) return {};
  const UniqueFd listener = TRY(load_seccomp(filter, *plan));
  if (!listener) return {};
  TRY(creator.send(MessageType::SeccompListener, 0, listener.get()));
  TRY(creator.expect(MessageType::SeccompDone));
  return {};
}

void close_others(int preserved_fds, std::initializer_list<int> kept) {
  constexpr unsigned kLastFd = ~0U;
  std::array<int, 16> sorted{};  // GCC 12 takes fewer for an overrun in std::sort
  size_t count = 0;
  for (const int fd : kept) {
    if (fd >= 3 + preserved_fds && count < sorted.size()) sorted[count++] = fd;
  }
  std::sort(sorted.begin(), sorted.begin() + count);
  unsigned first = 3 + static_cast<unsigned>(preserved_fds);
  for (size_t i = 0; i < count; ++i) {
    const auto fd = static_cast<unsigned>(sorted[i]);
    // Fails only without close_range (Linux 5.9), which our other calls need as well.
    if (fd > first) (void)::syscall(SYS_close_range, first, fd - 1, 0U);
    first = fd + 1;
  }
  (void)::syscall(SYS_close_range, first, kLastFd, 0U);
}

namespace {

std::vector<char*> pointers_to(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 2);
  for (const std::string& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
  return pointers;
}

}  // namespace

Error execute(const plan::ProcessPlan& process, const std::string& path, const std::string& home) {
  std::vector<char*> argv = pointers_to(process.args);
  argv.push_back(nullptr);
  std::vector<char*> envp = pointers_to(process.env);
  std::string home_entry = "HOME=" + home;
  if (!home.empty()) envp.push_back(home_entry.data());
  envp.push_back(nullptr);
  for (int fd = 3; fd < 3 + process.preserved_fds; ++fd) {
    (void)::fcntl(fd, F_SETFD, 0);  // checked to be open when we started
  }
  ::execve(path.c_str(), argv.data(), envp.data());
  return last_error(fmt::format("exec: \"{}\"", process.args[0]));
}

}  // namespace ocirt::stages
