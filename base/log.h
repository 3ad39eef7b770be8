// What is told to people and engines besides results: warnings and debug lines on stderr and in the
// log file. Used by every program.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ocirt {

enum class LogFormat { Text, Json };
enum class LogTarget {
  File,
  Syslog,   // the socket of syslog(3), /dev/log
  Journal,  // systemd-journald's own
};
enum class LogLevel { Error, Warning, Debug };

struct LogOptions {
  std::string program = "ocirt";
  LogTarget target = LogTarget::File;
  std::string file;  // appended to; empty: none. Otherwise who we are to the log's reader
  LogFormat format = LogFormat::Text;
  LogLevel level = LogLevel::Error;
};

/// The socket that `target` has readers on; empty for a file.
std::string_view log_socket(LogTarget target);

/// Sets where the following calls write, once, at the start of the program.
void open_log(const LogOptions& options);

/// Reports the error that ends the program, on stderr and in the log file: engines read either. One
/// line that names the object and the cause; then, where it is known, one that says what to do.
void log_error(const Error& error);

/// What is being done, step by step. Only with --debug, and only in the log file: stderr belongs to
/// errors.
void log_debug(std::string_view text);

/// Something went wrong that the work doesn't depend on. Below the default level: engines take
/// every line on stderr for the reason of a failure.
void log_warning(std::string_view text);

}  // namespace ocirt
