// How a container ended last.
#include "frontend/containers/exit_record.h"

#include <fcntl.h>

#include <nlohmann/json.hpp>

#include "sys/file.h"

namespace ocirt::containers {

std::optional<ExitRecord> parse_exit_record(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  try {
    ExitRecord record;
    json.at("exitCode").get_to(record.code);
    record.known = json.value("known", true);
    record.oom_killed = json.value("oomKilled", false);
    record.timed_out = json.value("timedOut", false);
    record.started = json.value("started", "");
    record.finished = json.value("finished", "");
    if (record.code < 0) record.code = kUnknownExitCode;
    return record;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::optional<ExitRecord> read_exit_record(const std::string& directory) {
  constexpr size_t kMost = 4096;
  const Result<std::string> text =
      sys::read_short_file(AT_FDCWD, (directory + "/exit.json").c_str(), kMost);
  return text ? parse_exit_record(*text) : std::nullopt;
}

}  // namespace ocirt::containers
