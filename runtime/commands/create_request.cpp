// What `create` and `run` have in common on their command lines.
#include "runtime/commands/create_request.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/commands/paths.h"
#include "runtime/stages/notify.h"
#include "runtime/store/container_dir.h"
#include "sys/own_mount.h"

namespace ocirt::commands {

namespace {

constexpr int kMostFds = 1024;

// systemd's socket activation: only if the fds are meant for this very process. podman hands them
// on as --preserve-fds and leaves the variable in our environment as well.
Result<int> listen_fds() {
  const char* pid = ::getenv("LISTEN_PID");
  const char* count = ::getenv("LISTEN_FDS");
  if (pid == nullptr || count == nullptr) return 0;
  if (std::string(pid) != fmt::format("{}", ::getpid())) return 0;
  return parse_number("LISTEN_FDS", count, kMostFds);
}

}  // namespace

Result<int> preserved_fds(const ParsedLine& line) {
  const int asked = TRY(parse_number("preserve-fds", line.value("preserve-fds", "0"), kMostFds));
  const int count = asked + TRY(listen_fds());
  for (int fd = 3; fd < 3 + count; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0 || fd == sys::own_mount()) {
      return make_error(ErrorKind::InvalidConfig, fmt::format("preserved fd {} is not open", fd));
    }
  }
  return count;
}

Result<stages::CreateRequest> create_request(const Globals& globals, const ParsedLine& line,
                                             bool detached) {
  stages::CreateRequest request;
  request.options.id = line.words[0];
  TRY(store::check_id(request.options.id));
  request.options.bundle = TRY(bundle_path(line.value("bundle")));
  request.options.no_pivot = line.flag("no-pivot");
  request.options.no_new_keyring = line.flag("no-new-keyring");
  request.options.detached = detached;
  request.options.has_console_socket = line.has("console-socket");
  request.options.preserved_fds = TRY(preserved_fds(line));
  request.options.listen_fds = TRY(listen_fds());
  request.options.cgroups_disabled = globals.cgroups_disabled;
  request.options.systemd_cgroup = globals.systemd_cgroup;
  request.state_root = globals.root;
  if (!stages::notify_socket_of_caller().empty()) {
    request.options.notify_directory.text =
        fmt::format("{}/{}/{}", globals.root.text, request.options.id, store::kNotifyDirectory);
  }
  if (line.has("config")) request.config_file = TRY(absolute_path(line.value("config")));
  request.console_socket = line.value("console-socket");
  request.pidfd_socket = line.value("pidfd-socket");
  request.pid_file = line.value("pid-file");
  return request;
}

}  // namespace ocirt::commands
