// The host's users by name.
#include "runtime/commands/user_name.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <string_view>

#include "sys/file.h"

namespace ocirt::commands {

namespace {

std::string look_up(uint32_t uid) {
  constexpr size_t kLargestPasswd = 16 << 20;
  const std::string id = fmt::format("{}", uid);
  const Result<std::string> text = sys::read_file(AT_FDCWD, "/etc/passwd", kLargestPasswd);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const size_t name_end = line.find(':');
    if (name_end == std::string_view::npos) continue;
    const size_t uid_start = line.find(':', name_end + 1);
    if (uid_start == std::string_view::npos) continue;
    const std::string_view field = line.substr(uid_start + 1);
    if (field.substr(0, field.find(':')) == id) return std::string(line.substr(0, name_end));
  }
  return "#" + id;
}

}  // namespace

const std::string& UserNames::name_of(uint32_t uid) {
  const auto known = known_.find(uid);
  if (known != known_.end()) return known->second;
  return known_.emplace(uid, look_up(uid)).first->second;
}

}  // namespace ocirt::commands
