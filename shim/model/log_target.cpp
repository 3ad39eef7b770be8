// What the value of --log-path means. Pure.
#include "shim/model/log_target.h"

#include <algorithm>
#include <string>

namespace ocirt::shim {
namespace {

Error bad(std::string text) {
  return make_error(ErrorKind::InvalidConfig, std::move(text));
}

Result<LogTarget> file_target(LogDriver driver, std::string_view name, std::string_view path) {
  if (path.empty()) return bad(std::string(name) + " requires a filename");
  return LogTarget{.driver = driver, .path = std::string(path)};
}

bool lies_in(std::string_view path, std::string_view directory) {
  while (directory.size() > 1 && directory.back() == '/') directory.remove_suffix(1);
  if (path.find("/../") != path.npos) return false;
  return path.starts_with(directory) && path.size() > directory.size() &&
         (path[directory.size()] == '/' || directory == "/");
}

}  // namespace

Result<LogTarget> parse_log_target(std::string_view value) {
  const size_t colon = value.find(':');
  if (value.empty() || value == ":") return bad("log-path must not be empty");
  const std::string_view driver = value.substr(0, colon);
  const std::string_view path = colon == value.npos ? std::string_view() : value.substr(colon + 1);
  if (colon == 0) return file_target(LogDriver::KubernetesFile, "k8s-file", path);
  if (driver == "none" || driver == "off" || driver == "null") return LogTarget{};
  if (driver == "passthrough" || driver == "passthrough-tty") {
    return LogTarget{.driver = LogDriver::Passthrough, .path = {}};
  }
  if (driver == "journald") return LogTarget{.driver = LogDriver::Journald, .path = {}};
  if (driver == "k8s-file") return file_target(LogDriver::KubernetesFile, driver, path);
  if (driver == "json-file") return file_target(LogDriver::JsonFile, driver, path);
  if (colon == value.npos) return file_target(LogDriver::KubernetesFile, "k8s-file", value);
  return bad("No such log driver " + std::string(driver));
}

Result<> check_log_places(const Options& options) {
  if (options.log_allowlist.empty()) return {};
  for (const LogTarget& target : options.logs) {
    if (target.path.empty()) continue;
    const bool allowed =
        std::any_of(options.log_allowlist.begin(), options.log_allowlist.end(),
                    [&](const std::string& directory) { return lies_in(target.path, directory); });
    if (!allowed) return bad("log file \"" + target.path + "\" is in no --log-allowlist-dir");
  }
  return {};
}

}  // namespace ocirt::shim
