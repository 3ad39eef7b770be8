// Reads lists of processors, or of memory nodes, such as "0-3,7". Pure.
#include "runtime/plan/cpu_list.h"

#include <cstddef>
#include <cstdint>

#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

/// The largest NR_CPUS that a kernel can be built with.
constexpr uint64_t kMostProcessors = 8192;

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<CpuSet> parse_cpu_list(std::string_view text) {
  CpuSet set;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view range = trim(part);
    const size_t dash = range.find('-');
    uint64_t first = 0;
    if (!parse_number(range.substr(0, dash), first)) return std::nullopt;
    uint64_t last = first;
    if (dash != std::string_view::npos && !parse_number(range.substr(dash + 1), last)) {
      return std::nullopt;
    }
    if (last < first || last >= kMostProcessors) return std::nullopt;
    if (set.size() < last / 8 + 1) set.resize(last / 8 + 1);
    for (uint64_t cpu = first; cpu <= last; ++cpu) {
      set[cpu / 8] = static_cast<uint8_t>(set[cpu / 8] | 1U << cpu % 8);
    }
  }
  return set;
}

}  // namespace ocirt::plan
