// The monitor's command line, which is conmon's: what an engine may ask for. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::shim {

/// How much the monitor says about itself.
enum class Verbosity { Error, Warning, Info, Debug };

/// Where the container's output goes. One per --log-path.
enum class LogDriver { None, KubernetesFile, JsonFile, Journald, Passthrough };

struct LogTarget {
  LogDriver driver = LogDriver::None;
  std::string path;  // of the two file drivers

  friend bool operator==(const LogTarget&, const LogTarget&) = default;
};

/// Limits of a log file, in bytes.
struct LogLimits {
  int64_t file_size = 0;   // 0: none
  int64_t total_size = 0;  // 0: none; afterwards nothing is written any more
  int kept_files = 0;      // rotated ones, PATH.1 and so on; 0: a full file's content is dropped

  friend bool operator==(const LogLimits&, const LogLimits&) = default;
};

/// What the engine asked for. Names as on the command line.
struct Options {
  bool version = false;
  bool help = false;
  std::string cid;
  std::string cuuid;
  std::string name;
  std::string runtime;
  std::string bundle;
  std::string container_pidfile;
  std::string conmon_pidfile;
  std::string persist_dir;
  std::string exit_dir;
  std::string exec_process_spec;
  std::string restore;
  std::string socket_dir_path = "/var/run/crio";
  std::string sdnotify_socket;
  std::string seccomp_notify_socket;
  std::string recovery_dir;
  std::string recover;
  std::string exit_command;
  std::vector<std::string> exit_command_args;
  std::vector<std::string> runtime_args;
  std::vector<std::string> runtime_opts;
  std::vector<std::string> log_labels;
  std::vector<std::string> log_allowlist;
  std::string log_tag;
  std::vector<LogTarget> logs;
  LogLimits log_limits;
  Verbosity verbosity = Verbosity::Warning;
  int api_version = 0;
  int exit_delay_s = 0;
  int timeout_s = 0;  // 0: none
  bool terminal = false;
  bool stdin_pipe = false;
  bool leave_stdin_open = false;
  bool exec = false;
  bool exec_attach = false;
  bool full_attach = false;
  bool systemd_cgroup = false;
  bool no_pivot = false;
  bool no_new_keyring = false;
  bool no_sync_log = false;
  bool no_partial_message = false;
  bool replace_listen_pid = false;
  bool foreground = false;  // --sync
  bool syslog = false;

  /// The payload gets the monitor's own stdin, stdout and stderr; nobody can attach.
  [[nodiscard]] bool is_passthrough() const;
};

/// Understands the words after argv[0].
///
/// Grammar: GLib's, which conmon uses. "--name value", "--name=value", "-n value", clusters of
/// flags ("-ti"); a value may begin with "-" or be empty; stray words are ignored, "--" ends.
/// Errors: InvalidConfig about the word.
Result<Options> parse_options(std::span<const std::string_view> words);

/// Checks what must be there and what excludes what. Not for --version and --help.
Result<> check_options(const Options& options);

/// The text of --help.
std::string options_help();

}  // namespace ocirt::shim
