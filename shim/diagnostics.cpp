// What the monitor says about itself: on stderr while it has one, and to the system log if asked.
#include "shim/diagnostics.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "sys/socket.h"

namespace ocirt::shim {
namespace {

// Of Verbosity's values, in syslog(3)'s numbers, in the facility LOG_DAEMON.
constexpr std::array<std::string_view, 4> kSyslogHeads = {"<27>", "<28>", "<30>", "<31>"};
constexpr std::array<std::string_view, 4> kNames = {"error", "warning", "info", "debug"};

// The one exception to "no mutable globals": what is set once in main() before anything can fail.
DiagnosticsOptions& current() {
  static DiagnosticsOptions options;
  return options;
}

}  // namespace

void open_diagnostics(const DiagnosticsOptions& options) {
  current() = options;
}

void tell(Verbosity verbosity, std::string_view text) {
  const DiagnosticsOptions& options = current();
  if (verbosity > options.verbosity) return;
  const auto index = static_cast<size_t>(verbosity);
  std::string line = "ocirt-shim: ";
  if (verbosity != Verbosity::Error) line += std::string(kNames[index]) + ": ";
  line += text;
  line += '\n';
  (void)!::write(STDERR_FILENO, line.data(), line.size());  // nowhere to report a failure
  if (!options.to_syslog) return;
  const Result<UniqueFd> log = sys::connect_datagram("/dev/log");
  if (!log) return;
  std::string record(kSyslogHeads[index]);
  record += "ocirt-shim[" + std::to_string(::getpid()) + "]: ";
  record += std::string(options.container.substr(0, 20)) + ": " + std::string(text);
  (void)::send(log->get(), record.data(), record.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace ocirt::shim
