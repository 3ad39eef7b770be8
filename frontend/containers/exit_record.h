// How a container ended last: what the monitor wrote into the container's directory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocirt::containers {

/// exit.json of ocirt-shim(8).
struct ExitRecord {
  int code = 0;  // 128 + the signal
  bool known = true;
  bool oom_killed = false;
  bool timed_out = false;
  std::string started;  // RFC 3339
  std::string finished;
  friend bool operator==(const ExitRecord&, const ExitRecord&) = default;
};

/// What is told of a container whose end nobody saw.
inline constexpr int kUnknownExitCode = 255;

/// Nothing for what isn't one.
std::optional<ExitRecord> parse_exit_record(std::string_view text);

/// Of the container's directory; nothing where it hasn't ended since it was started last.
std::optional<ExitRecord> read_exit_record(const std::string& directory);

}  // namespace ocirt::containers
