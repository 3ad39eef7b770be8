// Points in time as people write them. Pure.
#include "frontend/commands/moments.h"

#include <fmt/core.h>

#include <optional>

#include "frontend/bundle/text.h"
#include "frontend/commands/text.h"

namespace ocirt::frontend {

Result<int64_t> parse_moment(std::string_view option, const std::string& text, int64_t now,
                             int direction) {
  constexpr int64_t kPerSecond = 1'000'000'000;
  if (const std::optional<int64_t> seconds = bundle::parse_number(text)) return *seconds;
  if (const std::optional<int64_t> away = bundle::parse_duration(text)) {
    return now + direction * (*away / kPerSecond);
  }
  std::string time = text;
  if (time.size() == std::string_view("2026-01-02").size()) time += "T00:00:00Z";
  if (const int64_t seconds = parse_time(time); seconds != 0) return seconds;
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("{} {}: not a time, as 24h or 2026-01-02T03:04:05Z", option, text));
}

}  // namespace ocirt::frontend
