// The monitor's command line, which is conmon's: what an engine may ask for. Pure.
#include "shim/model/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "shim/model/log_target.h"

namespace ocirt::shim {
namespace {

// Without --log-size-max a log must not fill the disk: 256 MiB, and one rotated file as large.
constexpr int64_t kDefaultLogSize = int64_t{256} << 20;

// Raw words that are understood only when all of them are known.
struct Raw {
  Options options;
  std::vector<std::string> log_paths;
  std::string log_level = "warning";
  bool log_size_given = false;
  int64_t log_size = 0;
  bool log_rotate = false;
  int64_t log_max_files = 1;
  int64_t total_size = 0;
  int64_t exit_delay_s = 0;
  int64_t timeout_s = 0;
};

using Flag = bool Options::*;
using Text = std::string Options::*;
using List = std::vector<std::string> Options::*;
using Number = int64_t Raw::*;

/// One row of the table below; exactly one of the pointers is set, or `accept`.
struct Row {
  std::string_view name;
  char letter;  // or 0
  std::string_view help;
  Flag flag = nullptr;
  Text text = nullptr;
  List list = nullptr;
  Number number = nullptr;
  void (*accept)(Raw& raw, std::string_view value) = nullptr;
  bool accept_takes_value = false;
};

constexpr Row flag(std::string_view name, char letter, Flag member, std::string_view help) {
  return {.name = name, .letter = letter, .help = help, .flag = member};
}
constexpr Row text(std::string_view name, char letter, Text member, std::string_view help) {
  return {.name = name, .letter = letter, .help = help, .text = member};
}
constexpr Row list(std::string_view name, List member, std::string_view help) {
  return {.name = name, .letter = 0, .help = help, .list = member};
}
constexpr Row number(std::string_view name, char letter, Number member, std::string_view help) {
  return {.name = name, .letter = letter, .help = help, .number = member};
}
constexpr Row special(std::string_view name, char letter, void (*accept)(Raw&, std::string_view),
                      bool takes_value, std::string_view help) {
  return {.name = name,
          .letter = letter,
          .help = help,
          .accept = accept,
          .accept_takes_value = takes_value};
}

const std::array kRows = {
    // Valueless: engines send "--api-version 1", whose "1" is a stray word.
    special(
        "api-version", 0, [](Raw& raw, std::string_view) { raw.options.api_version = 1; }, false,
        "messages of API version 1"),
    text("bundle", 'b', &Options::bundle, "the bundle's directory"),
    text("cid", 'c', &Options::cid, "the container's ID"),
    text("conmon-pidfile", 'P', &Options::conmon_pidfile, "file for the monitor's pid"),
    text("container-pidfile", 'p', &Options::container_pidfile, "file for the payload's pid"),
    text("pidfile", 0, &Options::container_pidfile, "old name of --container-pidfile"),
    text("cuuid", 'u', &Options::cuuid, "unique ID of the container or session"),
    flag("exec", 'e', &Options::exec, "run a command in a running container"),
    flag("exec-attach", 0, &Options::exec_attach, "somebody attaches to the command"),
    text("exec-process-spec", 0, &Options::exec_process_spec, "file with the command's process"),
    text("exit-command", 0, &Options::exit_command, "program to run after the end"),
    list("exit-command-arg", &Options::exit_command_args, "its arguments, one each time"),
    number("exit-delay", 0, &Raw::exit_delay_s, "seconds before it"),
    text("exit-dir", 0, &Options::exit_dir, "directory for the exit file, named by the ID"),
    flag("full-attach", 0, &Options::full_attach, "attach socket in the bundle, without a link"),
    flag("help", 'h', &Options::help, "this text"),
    flag("leave-stdin-open", 0, &Options::leave_stdin_open,
         "keep stdin open when a client closes its side"),
    list("log-allowlist-dir", &Options::log_allowlist, "directory that logs may be in"),
    number("log-global-size-max", 0, &Raw::total_size, "bytes after which logging stops"),
    list("log-label", &Options::log_labels, "NAME=VALUE for each record (journald)"),
    special(
        "log-level", 0, [](Raw& raw, std::string_view value) { raw.log_level = value; }, true,
        "error, warning, info or debug"),
    number("log-max-files", 0, &Raw::log_max_files, "rotated log files that are kept"),
    special(
        "log-path", 'l',
        [](Raw& raw, std::string_view value) { raw.log_paths.emplace_back(value); }, true,
        "DRIVER:PATH: where output goes; may be repeated"),
    special(
        "log-rotate", 0, [](Raw& raw, std::string_view) { raw.log_rotate = true; }, false,
        "keep a full log as PATH.1"),
    number("log-size-max", 0, &Raw::log_size, "bytes that a log file may hold"),
    text("log-tag", 0, &Options::log_tag, "tag for each record (journald)"),
    text("name", 'n', &Options::name, "the container's name (journald)"),
    flag("no-container-partial-message", 0, &Options::no_partial_message,
         "don't mark parts of lines (journald)"),
    flag("no-new-keyring", 0, &Options::no_new_keyring, "passed on to the runtime"),
    flag("no-pivot", 0, &Options::no_pivot, "passed on to the runtime"),
    flag("no-sync-log", 0, &Options::no_sync_log, "don't fsync the log at the end"),
    text("persist-dir", '0', &Options::persist_dir, "directory for the files exit and oom"),
    text("recover", 0, &Options::recover, "finish the work of dead monitors in this directory"),
    text("recovery-dir", 0, &Options::recovery_dir, "directory for what --recover needs"),
    flag("replace-listen-pid", 0, &Options::replace_listen_pid,
         "LISTEN_PID becomes the runtime's pid"),
    text("restore", 0, &Options::restore, "restore from this checkpoint"),
    text("runtime", 'r', &Options::runtime, "path of the OCI runtime"),
    list("runtime-arg", &Options::runtime_args, "the runtime's argument before the verb"),
    list("runtime-opt", &Options::runtime_opts, "the runtime's argument after the verb"),
    list("restore-arg", &Options::runtime_opts, "old name of --runtime-opt"),
    text("sdnotify-socket", 0, &Options::sdnotify_socket, "pass sd_notify messages on to it"),
    text("seccomp-notify-socket", 0, &Options::seccomp_notify_socket, "refused; see the manual"),
    special(
        "seccomp-notify-plugins", 0, [](Raw&, std::string_view) {}, true, "ignored"),
    text("socket-dir-path", 0, &Options::socket_dir_path, "directory for links to attach sockets"),
    flag("stdin", 'i', &Options::stdin_pipe, "give the payload a pipe as stdin"),
    flag("sync", 0, &Options::foreground, "stay in the foreground"),
    flag("syslog", 0, &Options::syslog, "tell the system log about ourselves, too"),
    flag("systemd-cgroup", 's', &Options::systemd_cgroup, "passed on to the runtime"),
    flag("terminal", 't', &Options::terminal, "give the payload a terminal"),
    number("timeout", 'T', &Raw::timeout_s, "seconds after which the payload is killed"),
    flag("version", 0, &Options::version, "print the version"),
};

bool takes_value(const Row& row) {
  return row.flag == nullptr && (row.accept == nullptr || row.accept_takes_value);
}

Error bad(std::string text) {
  return make_error(ErrorKind::InvalidConfig, std::move(text));
}

Result<> store(Raw& raw, const Row& row, std::string_view value) {
  if (row.text != nullptr) raw.options.*row.text = value;
  if (row.list != nullptr) (raw.options.*row.list).emplace_back(value);
  if (row.accept != nullptr) row.accept(raw, value);
  if (row.number != nullptr) {
    const char* end = value.data() + value.size();
    const auto [stop, code] = std::from_chars(value.data(), end, raw.*row.number);
    if (code != std::errc{} || stop != end) {
      return bad("option parsing failed: \"" + std::string(value) + "\" is no number for --" +
                 std::string(row.name));
    }
    if (row.number == &Raw::log_size) raw.log_size_given = true;
  }
  return {};
}

/// The words, and how far we are.
struct Cursor {
  std::span<const std::string_view> words;
  size_t at = 0;

  Result<std::string_view> value_of(std::string_view option) {
    if (at >= words.size()) {
      return bad("option parsing failed: missing argument for " + std::string(option));
    }
    return words[at++];
  }
};

Result<> take_long(Raw& raw, Cursor& cursor, std::string_view word) {
  const size_t equals = word.find('=');
  const std::string_view name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
  const auto* row = std::find_if(kRows.begin(), kRows.end(),
                                 [&](const Row& candidate) { return candidate.name == name; });
  if (row == kRows.end())
    return bad("option parsing failed: unknown option --" + std::string(name));
  if (!takes_value(*row)) {
    if (row->flag != nullptr) raw.options.*row->flag = true;
    return store(raw, *row, {});
  }
  if (equals != word.npos) return store(raw, *row, word.substr(equals + 1));
  return store(raw, *row, TRY(cursor.value_of(word)));
}

Result<> take_cluster(Raw& raw, Cursor& cursor, std::string_view word) {
  for (size_t i = 1; i < word.size(); ++i) {
    const auto* row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& candidate) {
      return candidate.letter != 0 && candidate.letter == word[i];
    });
    if (row == kRows.end())
      return bad("option parsing failed: unknown option " + std::string(word));
    if (!takes_value(*row)) {
      if (row->flag != nullptr) raw.options.*row->flag = true;
      continue;
    }
    if (i + 1 < word.size()) return store(raw, *row, word.substr(i + 1));
    return store(raw, *row, TRY(cursor.value_of(word)));
  }
  return {};
}

Result<Verbosity> verbosity_of(std::string_view word) {
  if (word == "error" || word == "fatal" || word == "panic") return Verbosity::Error;
  if (word == "warn" || word == "warning") return Verbosity::Warning;
  if (word == "info") return Verbosity::Info;
  if (word == "debug" || word == "trace") return Verbosity::Debug;
  return bad("no such log level " + std::string(word));
}

LogLimits limits_of(const Raw& raw) {
  LogLimits limits{.total_size = std::max<int64_t>(raw.total_size, 0)};
  if (!raw.log_size_given) {
    limits.file_size = kDefaultLogSize;
    limits.kept_files = 1;
  } else {
    limits.file_size = std::max<int64_t>(raw.log_size, 0);
  }
  if (raw.log_rotate)
    limits.kept_files = static_cast<int>(std::clamp<int64_t>(raw.log_max_files, 0, 999));
  return limits;
}

int seconds(int64_t value) {
  return static_cast<int>(std::clamp<int64_t>(value, 0, INT32_MAX));
}

}  // namespace

bool Options::is_passthrough() const {
  return std::any_of(logs.begin(), logs.end(), [](const LogTarget& target) {
    return target.driver == LogDriver::Passthrough;
  });
}

Result<Options> parse_options(std::span<const std::string_view> words) {
  Raw raw;
  Cursor cursor{.words = words};
  while (cursor.at < words.size()) {
    const std::string_view word = words[cursor.at++];
    if (word == "--") break;
    if (word.starts_with("--")) {
      TRY(take_long(raw, cursor, word));
    } else if (word.size() > 1 && word[0] == '-') {
      TRY(take_cluster(raw, cursor, word));
    }
  }
  if (raw.options.version || raw.options.help || !raw.options.recover.empty()) return raw.options;
  raw.options.verbosity = TRY(verbosity_of(raw.log_level));
  for (const std::string& path : raw.log_paths) {
    raw.options.logs.push_back(TRY(parse_log_target(path)));
  }
  raw.options.log_limits = limits_of(raw);
  raw.options.exit_delay_s = seconds(raw.exit_delay_s);
  raw.options.timeout_s = seconds(raw.timeout_s);
  return raw.options;
}

Result<> check_options(const Options& options) {
  const auto uses = [&](LogDriver driver) {
    return std::any_of(options.logs.begin(), options.logs.end(),
                       [&](const LogTarget& target) { return target.driver == driver; });
  };
  if (options.cid.empty()) return bad("Container ID not provided. Use --cid");
  if (options.cid.find('/') != std::string::npos) return bad("a container ID holds no \"/\"");
  if (!options.restore.empty() && options.exec)
    return bad("--exec and --restore exclude each other");
  if (options.exec_attach && !options.exec) return bad("--exec-attach needs --exec");
  if (options.exec_attach && options.api_version < 1)
    return bad("--exec-attach needs --api-version");
  if (options.cuuid.empty() && (!options.exec || options.api_version >= 1)) {
    return bad("Container UUID not provided. Use --cuuid");
  }
  if (options.runtime.empty()) return bad("Runtime path not provided. Use --runtime");
  if (options.exec && options.exec_process_spec.empty()) {
    return bad("Exec process spec path not provided. Use --exec-process-spec");
  }
  if (options.logs.empty()) return bad("Log driver not provided. Use --log-path");
  if (!options.log_tag.empty() && !uses(LogDriver::Journald) &&
      (uses(LogDriver::KubernetesFile) || uses(LogDriver::JsonFile))) {
    return bad("k8s-file doesn't support --log-tag");
  }
  if (uses(LogDriver::Journald) && options.cid.size() <= 12) {
    return bad("Container ID must be longer than 12 characters");
  }
  if (!options.seccomp_notify_socket.empty()) {
    return make_error(ErrorKind::Unsupported,
                      "--seccomp-notify-socket: plugins for seccomp notifications are not loaded")
        .with_hint("give the runtime a listenerPath instead (linux.seccomp in config.json)");
  }
  return check_log_places(options);
}

std::string options_help() {
  std::string out =
      "ocirt-shim: the monitor of a container, with conmon's command line\n\n"
      "usage: ocirt-shim [OPTION ...]\n\noptions:\n";
  for (const Row& row : kRows) {
    std::string head = "  ";
    head += row.letter != 0 ? std::string{'-', row.letter, ',', ' '} : std::string(4, ' ');
    head += "--";
    head += row.name;
    head.resize(std::max<size_t>(head.size() + 1, 38), ' ');
    out += head;
    out += row.help;
    out += '\n';
  }
  return out;
}

}  // namespace ocirt::shim
