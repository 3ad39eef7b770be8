// Reads what the resctrl file system tells of a container's class of service. Runs in: the process
// of events.
#include "runtime/stages/rdt_stats.h"

#include <fcntl.h>

#include <algorithm>
#include <string_view>

#include "runtime/stages/cgroup_stats_text.h"
#include "runtime/stages/rdt.h"
#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr size_t kFileLimit = 1 << 16;  // bytes

std::optional<std::string> text_of(const std::string& path) {
  Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), kFileLimit);
  if (!text) return std::nullopt;
  return text->substr(0, text->find('\n'));
}

std::optional<uint64_t> number_at(const std::string& path) {
  const std::optional<std::string> text = text_of(path);
  return text ? std::optional(number_of(*text)) : std::nullopt;
}

std::optional<CacheInfo> cache_info(const std::string& root) {
  const std::string info = root + "/info/L3/";
  std::optional<std::string> mask = text_of(info + "cbm_mask");
  if (!mask) return std::nullopt;
  return CacheInfo{.mask = *std::move(mask),
                   .fewest_bits = number_at(info + "min_cbm_bits").value_or(0),
                   .classes = number_at(info + "num_closids").value_or(0)};
}

std::optional<BandwidthInfo> bandwidth_info(const std::string& root) {
  const std::string info = root + "/info/MB/";
  const std::optional<uint64_t> least = number_at(info + "min_bandwidth");
  if (!least) return std::nullopt;
  return BandwidthInfo{.step = number_at(info + "bandwidth_gran").value_or(0),
                       .is_linear = number_at(info + "delay_linear").value_or(0),
                       .least = *least,
                       .classes = number_at(info + "num_closids").value_or(0)};
}

// The line of a resource, without the blanks in front: "L3:0=ff;1=f".
std::string schema_of(std::string_view schemata, std::string_view resource) {
  for (size_t at = 0; at < schemata.size();) {
    const size_t end = std::min(schemata.find('\n', at), schemata.size());
    std::string_view line = schemata.substr(at, end - at);
    at = end + 1;
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (line.starts_with(resource)) return std::string(line);
  }
  return {};
}

Result<std::vector<DomainCounts>> counts_of(const std::string& group) {
  const Result<UniqueFd> data = sys::open_cgroup(AT_FDCWD, group + "/mon_data");
  if (!data) return std::vector<DomainCounts>();  // it counts nothing
  std::vector<std::string> domains = TRY(sys::descendant_cgroups(data->get()));
  std::sort(domains.begin(), domains.end());  // their numbers have leading zeros: mon_L3_00
  std::vector<DomainCounts> counts;
  for (const std::string& domain : domains) {
    const std::string path = group + "/mon_data/" + domain + "/";
    counts.push_back({.total_bytes = number_at(path + "mbm_total_bytes"),
                      .local_bytes = number_at(path + "mbm_local_bytes"),
                      .occupancy = number_at(path + "llc_occupancy")});
  }
  return counts;
}

}  // namespace

Result<RdtStats> read_rdt_stats(const store::RdtGroups& groups) {
  RdtStats stats;
  if (groups.group.empty()) return stats;
  const std::string root = rdt_root_of(groups.group);
  const std::string own =
      TRY(sys::read_file(AT_FDCWD, (groups.group + "/schemata").c_str(), kFileLimit));
  const std::string of_root =
      TRY(sys::read_file(AT_FDCWD, (root + "/schemata").c_str(), kFileLimit));
  stats.cache = cache_info(root);
  stats.bandwidth = bandwidth_info(root);
  stats.cache_schema = schema_of(own, "L3:");
  stats.cache_schema_of_root = schema_of(of_root, "L3:");
  stats.bandwidth_schema = schema_of(own, "MB:");
  stats.bandwidth_schema_of_root = schema_of(of_root, "MB:");
  stats.domains = TRY(counts_of(groups.monitor.empty() ? groups.group : groups.monitor));
  return stats;
}

}  // namespace ocirt::stages
