// The command line of the runtime. Pure.
#include "shim/model/runtime_line.h"

#include <initializer_list>

namespace ocirt::shim {
namespace {

void append(std::vector<std::string>& line, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) line.emplace_back(word);
}

}  // namespace

std::vector<std::string> runtime_line(const Options& options, std::string_view console_socket) {
  std::vector<std::string> line = {options.runtime};
  // Not for exec: the runtime knows from its create.
  if (options.systemd_cgroup && !options.exec) append(line, {"--systemd-cgroup"});
  line.insert(line.end(), options.runtime_args.begin(), options.runtime_args.end());
  if (options.exec) {
    append(line, {"exec", "--pid-file", options.container_pidfile, "--process",
                  options.exec_process_spec, "--detach"});
    if (options.terminal) append(line, {"--tty"});
  } else {
    append(line, {options.restore.empty() ? "create" : "restore", "--bundle", options.bundle,
                  "--pid-file", options.container_pidfile});
    if (options.no_pivot) append(line, {"--no-pivot"});
    if (options.no_new_keyring) append(line, {"--no-new-keyring"});
    if (!options.restore.empty()) {
      append(line, {"--detach", "--image-path", options.restore, "--work-path", options.bundle});
    }
  }
  line.insert(line.end(), options.runtime_opts.begin(), options.runtime_opts.end());
  if (!console_socket.empty()) append(line, {"--console-socket", console_socket});
  line.push_back(options.cid);
  return line;
}

}  // namespace ocirt::shim
