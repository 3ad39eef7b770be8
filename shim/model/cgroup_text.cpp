// Reads what the kernel writes about a process's cgroup and its memory. Pure.
#include "shim/model/cgroup_text.h"

#include <algorithm>
#include <charconv>

namespace ocirt::shim {
namespace {

std::string_view take_until(std::string_view& text, char end) {
  const size_t length = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return taken;
}

bool names_memory(std::string_view controllers) {
  while (!controllers.empty()) {
    if (take_until(controllers, ',') == "memory") return true;
  }
  return false;
}

}  // namespace

MemoryCgroup memory_cgroup(std::string_view proc_cgroup) {
  MemoryCgroup found;
  while (!proc_cgroup.empty()) {
    std::string_view line = take_until(proc_cgroup, '\n');
    const std::string_view hierarchy = take_until(line, ':');
    const std::string_view controllers = take_until(line, ':');
    if (hierarchy == "0" && controllers.empty()) found.v2_path = line;
    if (names_memory(controllers)) found.v1_path = line;
  }
  return found;
}

uint64_t count_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (take_until(line, ' ') != key) continue;
    uint64_t count = 0;
    (void)std::from_chars(line.data(), line.data() + line.size(), count);  // stays 0 if it is none
    return count;
  }
  return 0;
}

}  // namespace ocirt::shim
