// The options before the verb.
#include "runtime/commands/globals.h"

#include <fmt/core.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <memory>

#include "base/log.h"
#include "runtime/commands/paths.h"
#include "runtime/store/container_dir.h"
#include "sys/socket.h"

namespace ocirt::commands {

namespace {

Error unknown_value(std::string_view option, std::string_view value, std::string_view known) {
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("--{} is {}, not \"{}\"", option, known, value));
}

Result<> check_listener(LogTarget target) {
  const std::string path(log_socket(target));
  if (Result<UniqueFd> socket = sys::connect_datagram(path); !socket) {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("--log: nobody reads {} on this host", path));
  }
  return {};
}

Result<LogOptions> log_options(const ParsedLine& line) {
  LogOptions options;
  const std::string format = line.value("log-format", "text");
  if (format != "text" && format != "json")
    return unknown_value("log-format", format, "text or json");
  options.format = format == "json" ? LogFormat::Json : LogFormat::Text;

  const std::string level = line.value("log-level", line.flag("debug") ? "debug" : "error");
  if (level == "debug") {
    options.level = LogLevel::Debug;
  } else if (level == "warning" || level == "warn" || level == "info") {
    options.level = LogLevel::Warning;
  } else if (level != "error") {
    return unknown_value("log-level", level, "error, warning or debug");
  }
  // As crun has it: FILE, file:FILE, syslog:NAME or journald:NAME.
  const std::string where = line.value("log");
  const std::string name = where.substr(where.find(':') + 1);
  if (where.starts_with("syslog:")) options.target = LogTarget::Syslog;
  if (where.starts_with("journald:")) options.target = LogTarget::Journal;
  if (options.target != LogTarget::File) {
    options.file = name.empty() ? options.program : name;
    TRY(check_listener(options.target));
    return options;
  }
  const std::string file = where.starts_with("file:") ? name : where;
  if (!file.empty()) options.file = TRY(absolute_path(file)).text;
  return options;
}

}  // namespace

Result<Globals> understand_globals(const ParsedLine& line) {
  open_log(TRY(log_options(line)));
  Globals globals;
  globals.systemd_cgroup = line.flag("systemd-cgroup");
  const std::string manager = line.value("cgroup-manager", "cgroupfs");
  if (manager == "systemd") {
    globals.systemd_cgroup = true;
  } else if (manager == "disabled") {
    globals.cgroups_disabled = true;
  } else if (manager != "cgroupfs") {
    return unknown_value("cgroup-manager", manager, "cgroupfs, systemd or disabled");
  }
  const std::string rootless = line.value("rootless", "auto");
  if (rootless != "auto" && rootless != "true" && rootless != "false") {
    return unknown_value("rootless", rootless, "true, false or auto");
  }
  if (line.has("root")) {
    globals.root = TRY(absolute_path(line.value("root")));
    if (globals.root.text == "/") {
      return make_error(ErrorKind::InvalidConfig, "--root can't be \"/\"");
    }
  } else {
    globals.root = TRY(store::default_root(::geteuid() != 0));
  }
  return globals;
}

}  // namespace ocirt::commands
