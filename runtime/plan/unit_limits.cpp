// Says limits in systemd's words: the values of cgroup files become properties of a unit. Pure.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "runtime/plan/cpu_list.h"
#include "runtime/plan/decide_unit.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr uint64_t kInfinity = UINT64_MAX;

// Files whose value is the property's: a number, or "max". The last two are v1's.
struct PlainLimit {
  std::string_view file;
  std::string_view property;
  uint64_t least;  // what systemd takes; 0 there is a mistake to it
};
constexpr std::array<PlainLimit, 9> kPlain = {{
    {"memory.max", "MemoryMax", 1},
    {"memory.high", "MemoryHigh", 1},
    {"memory.low", "MemoryLow", 0},
    {"memory.min", "MemoryMin", 0},
    {"memory.swap.max", "MemorySwapMax", 0},
    {"pids.max", "TasksMax", 1},
    {"cpu.weight", "CPUWeight", 1},
    {"memory.limit_in_bytes", "MemoryLimit", 1},
    {"cpu.shares", "CPUShares", 2},
}};

std::optional<uint64_t> number_in(std::string_view text) {
  uint64_t number = 0;
  if (text == "max" || text == "-1") return kInfinity;
  if (!parse_number(text, number)) return std::nullopt;
  return number;
}

class Properties {
 public:
  void set(std::string_view name, uint64_t value) {
    replace_properties(
        all_, {{.name = std::string(name), .signature = "t", .words = {std::to_string(value)}}});
  }

  // A set of processors or nodes: bit n % 8 of byte n / 8.
  void set_list(std::string_view name, std::string_view list) {
    const std::optional<CpuSet> bits = parse_cpu_list(list);
    if (!bits) return;  // the kernel will say what is wrong with it
    UnitProperty property{.name = std::string(name), .signature = "ay", .words = {}};
    property.words.push_back(std::to_string(bits->size()));
    for (const uint8_t byte : *bits) property.words.push_back(std::to_string(byte));
    replace_properties(all_, {std::move(property)});
  }

  // A limit for one device, beside those for others.
  void add_device(std::string_view name, std::string_view device, uint64_t value) {
    auto property = std::find_if(all_.begin(), all_.end(),
                                 [&](const UnitProperty& each) { return each.name == name; });
    if (property == all_.end()) {
      all_.push_back({.name = std::string(name), .signature = "a(st)", .words = {"0"}});
      property = std::prev(all_.end());
    }
    uint64_t length = 0;
    (void)parse_number(property->words[0], length);  // we wrote it
    property->words[0] = std::to_string(length + 1);
    property->words.push_back("/dev/block/" + std::string(device));
    property->words.push_back(std::to_string(value));
  }

  std::vector<UnitProperty> take() && { return std::move(all_); }

 private:
  std::vector<UnitProperty> all_;
};

// "QUOTA PERIOD" or "QUOTA", in microseconds. systemd counts in whole percents: rounded up, since
// the exact value is in the container's own cgroup, and that of the unit must not be less.
void add_cpu_max(Properties& properties, std::string_view value) {
  constexpr uint64_t kUsualPeriod_us = 100'000;
  constexpr uint64_t kPerSecond = 1'000'000;
  constexpr uint64_t kPercent = 10'000;
  const std::vector<std::string_view> parts = split(value, ' ');
  const std::optional<uint64_t> quota = number_in(parts[0]);
  const std::optional<uint64_t> period =
      parts.size() > 1 ? number_in(parts[1]) : std::optional<uint64_t>(kUsualPeriod_us);
  if (!quota || !period || *period == 0) return;
  uint64_t per_second = kInfinity;
  if (*quota < kInfinity / kPerSecond) {
    per_second = (*quota * kPerSecond / *period + kPercent - 1) / kPercent * kPercent;
  }
  properties.set("CPUQuotaPerSecUSec", per_second);
  if (parts.size() > 1) properties.set("CPUQuotaPeriodUSec", *period);
}

// "8:0 rbps=1048576 wiops=max"
void add_io_max(Properties& properties, std::string_view value) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kKeys = {{
      {"rbps", "IOReadBandwidthMax"},
      {"wbps", "IOWriteBandwidthMax"},
      {"riops", "IOReadIOPSMax"},
      {"wiops", "IOWriteIOPSMax"},
  }};
  const std::vector<std::string_view> parts = split(value, ' ');
  for (size_t i = 1; i < parts.size(); ++i) {
    for (const auto& [key, name] : kKeys) {
      if (!parts[i].starts_with(key) || !parts[i].substr(key.size()).starts_with('=')) continue;
      const std::optional<uint64_t> limit = number_in(parts[i].substr(key.size() + 1));
      if (limit) properties.add_device(name, parts[0], *limit);
    }
  }
}

// "100", "default 100" or "8:0 100".
void add_io_weight(Properties& properties, std::string_view value) {
  const std::vector<std::string_view> parts = split(value, ' ');
  const std::optional<uint64_t> weight = number_in(parts.back());
  if (!weight || *weight == 0) return;
  if (parts.size() == 1 || parts[0] == "default") {
    properties.set("IOWeight", *weight);
  } else {
    properties.add_device("IODeviceWeight", parts[0], *weight);
  }
}

void add_limit(Properties& properties, std::string_view file, std::string_view value) {
  if (file == "cpu.max") return add_cpu_max(properties, value);
  if (file == "cpuset.cpus") return properties.set_list("AllowedCPUs", value);
  if (file == "cpuset.mems") return properties.set_list("AllowedMemoryNodes", value);
  if (file == "io.max") return add_io_max(properties, value);
  if (file == "io.weight") return add_io_weight(properties, value);
  for (const PlainLimit& limit : kPlain) {
    if (file != limit.file) continue;
    const std::optional<uint64_t> number = number_in(value);
    if (number) properties.set(limit.property, std::max(*number, limit.least));
  }
}

}  // namespace

std::vector<UnitProperty> limit_properties(std::span<const CgroupWrite> writes) {
  Properties properties;
  for (const CgroupWrite& write : writes) {
    add_limit(properties, write.file, write.value);
    // BFQ's own weights are not what systemd counts in; the usual ones are.
    if (write.other_file == "io.weight") add_limit(properties, "io.weight", write.other_value);
  }
  return std::move(properties).take();
}

void replace_properties(std::vector<UnitProperty>& all, std::vector<UnitProperty> properties) {
  for (UnitProperty& property : properties) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const UnitProperty& each) {
      return each.name == property.name;
    });
    if (same == all.end()) {
      all.push_back(std::move(property));
    } else {
      *same = std::move(property);
    }
  }
}

}  // namespace ocirt::plan
