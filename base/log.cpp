// What is told to people and engines besides results: warnings and debug lines on stderr and in the
// log file. Used by every program.
#include "base/log.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <chrono>

#include "base/json_writer.h"
#include "base/unique_fd.h"

namespace ocirt {

namespace {

// The one exception to "no mutable globals": what is set once in main() before anything can fail.
LogOptions& current_options() {
  static LogOptions options;
  return options;
}

void write_line(int fd, std::string line) {
  line += '\n';
  (void)!::write(fd, line.data(), line.size());  // nowhere to report that reporting failed
}

std::string timestamp() {
  const auto now =
      std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string file_line(LogFormat format, std::string_view level, std::string_view text) {
  if (format == LogFormat::Text) {
    return fmt::format("time=\"{}\" level={} msg=\"{}\"", timestamp(), level, text);
  }
  JsonWriter json;
  json.begin_object();
  json.member("level", level);
  json.member("msg", text);
  json.member("time", timestamp());
  json.end_object();
  return std::move(json).take();
}

int priority_of(std::string_view level) {  // syslog(3)
  if (level == "error") return LOG_ERR;
  return level == "warning" ? LOG_WARNING : LOG_DEBUG;
}

// What syslog and the journal's native protocol want (RFC 3164; systemd's "Native Journal
// Protocol"). A line of a field's value ends it, so a hint goes on in the same line.
std::string datagram(LogTarget target, std::string_view level, std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  const LogOptions& options = current_options();
  const int priority = priority_of(level);
  if (target == LogTarget::Journal) {
    return fmt::format("MESSAGE={}\nPRIORITY={}\nSYSLOG_IDENTIFIER={}\n", text, priority,
                       options.file);
  }
  return fmt::format("<{}>{}[{}]: {}", LOG_USER | priority, options.file, ::getpid(), text);
}

// Where nobody listens any more, nobody reads it.
void send_to(LogTarget target, std::string_view level, std::string_view text) {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string_view path = log_socket(target);
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const std::string data = datagram(target, level, std::string(text));
  (void)::sendto(socket.get(), data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

void write_to_file(std::string_view level, std::string_view text) {
  const LogOptions& options = current_options();
  if (options.target != LogTarget::File) return send_to(options.target, level, text);
  if (options.file.empty()) return;
  const UniqueFd fd(
      ::open(options.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644));
  if (fd) write_line(fd.get(), file_line(options.format, level, text));
}

}  // namespace

std::string_view log_socket(LogTarget target) {
  switch (target) {
    case LogTarget::File:
      return {};
    case LogTarget::Syslog:
      return "/dev/log";
    case LogTarget::Journal:
      return "/run/systemd/journal/socket";
  }
  return {};
}

void open_log(const LogOptions& options) {
  current_options() = options;
}

void log_error(const Error& error) {
  const std::string message = error.message();
  const std::string hint = error.hint.empty() ? "" : "\n  hint: " + error.hint;
  write_line(STDERR_FILENO, fmt::format("{}: {}{}", current_options().program, message, hint));
  write_to_file("error", message + hint);
}

void log_warning(std::string_view text) {
  const LogOptions& options = current_options();
  if (options.level < LogLevel::Warning) return;
  write_line(STDERR_FILENO, fmt::format("{}: warning: {}", options.program, text));
  write_to_file("warning", text);
}

void log_debug(std::string_view text) {
  if (current_options().level >= LogLevel::Debug) write_to_file("debug", text);
}

}  // namespace ocirt
