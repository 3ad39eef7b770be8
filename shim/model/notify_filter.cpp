// What of a container's sd_notify messages goes on to the host. Pure.
#include "shim/model/notify_filter.h"

#include <algorithm>
#include <array>

namespace ocirt::shim {
namespace {

constexpr std::array<std::string_view, 5> kWhole = {"READY=1", "RELOADING=1", "STOPPING=1",
                                                    "WATCHDOG=1", "WATCHDOG=trigger"};
constexpr std::array<std::string_view, 4> kBeginnings = {
    "STATUS=", "ERRNO=", "BUSERROR=", "MONOTONIC_USEC="};

bool may_pass(std::string_view line) {
  return std::find(kWhole.begin(), kWhole.end(), line) != kWhole.end() ||
         std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view beginning) { return line.starts_with(beginning); });
}

}  // namespace

std::string notify_lines(std::string_view message) {
  std::string out;
  while (!message.empty()) {
    const size_t end = std::min(message.find('\n'), message.size());
    const std::string_view line = message.substr(0, end);
    if (may_pass(line)) {
      if (!out.empty()) out += '\n';
      out += line;
    }
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return out;
}

}  // namespace ocirt::shim
