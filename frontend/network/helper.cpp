// The programs that give networks: found, started, and stopped again.
#include "frontend/network/helper.h"

#include <fmt/core.h>
#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>

#include "sys/file.h"
#include "sys/process.h"

namespace ocirt::network {

namespace {

constexpr std::array<const char*, 4> kFolders = {
    "/usr/libexec/podman", "/usr/lib/podman", "/usr/local/libexec/podman", "/usr/local/lib/podman"};
constexpr int kEnd_ms = 5000;

}  // namespace

Result<std::string> find_helper(std::string_view name, std::string_view package) {
  std::string path = sys::find_program(name);
  if (!path.empty()) return path;
  for (const char* folder : kFolders) {
    path = fmt::format("{}/{}", folder, name);
    if (sys::can_execute(path.c_str())) return path;
  }
  return make_error(ErrorKind::NotFound,
                    fmt::format("the container's network needs {}, which isn't installed", name))
      .with_hint(fmt::format("apt install {}, or run without it: --network=host, --network=none",
                             package));
}

Result<sys::Program> helper_program(std::string_view name, std::string_view package,
                                    std::vector<std::string> words, const Directories& where) {
  sys::Program program{.path = TRY(find_helper(name, package)),
                       .args = {std::string(name)},
                       .env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                       .cwd = where.run,
                       .new_session = true};
  for (std::string& word : words) program.args.push_back(std::move(word));
  return program;
}

Result<> remember_helper(NetworkState& state, pid_t pid) {
  const sys::ProcessIdentity identity = TRY(sys::identify_process(pid));
  state.helper = pid;
  state.helper_start = identity.start_time;
  return {};
}

Result<> stop_helper(const NetworkState& state) {
  if (state.helper <= 0) return {};
  const Result<sys::Pidfd> process = sys::Pidfd::open(state.helper);
  if (!process) return {};  // it has ended
  // By the fd, it is one and the same process that we look at and kill.
  const Result<sys::ProcessIdentity> identity = sys::identify_process(state.helper);
  if (!identity || identity->start_time != state.helper_start) return {};
  if (Result<> sent = process->send_signal(SIGTERM);
      !sent && sent.error().kind != ErrorKind::NotFound) {
    return sent;
  }
  if (!TRY(process->wait_for_end(kEnd_ms))) (void)process->send_signal(SIGKILL);  // ended just now
  (void)::waitpid(state.helper, nullptr, WNOHANG);  // reaps it if it is a child of ours
  return {};
}

}  // namespace ocirt::network
