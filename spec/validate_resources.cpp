// Checks the resources of a Config: config-linux.md#control-groups. Pure.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "spec/findings.h"
#include "spec/validate_parts.h"

namespace ocirt::spec {

namespace {

constexpr auto kRuleTypes = std::to_array<std::string_view>({"a", "c", "b"});

void check_device_rule(Checker& check, const Where& where, const DeviceRule& rule) {
  if (is_given(rule.type)) check.check_known(where.at("type"), *rule.type, kRuleTypes);
  // Some engines write -1 for "all", as absence does.
  if (rule.major) check.check_range(where.at("major"), *rule.major, -1, UINT32_MAX);
  if (rule.minor) check.check_range(where.at("minor"), *rule.minor, -1, UINT32_MAX);
  if (is_given(rule.access) && rule.access->find_first_not_of("rwm") != std::string::npos) {
    check.report(where.at("access"), "must be made of r, w and m, is " + quoted(*rule.access));
  }
}

void check_limit(Checker& check, const Where& where, const std::optional<int64_t>& limit) {
  if (!limit || *limit >= -1) return;
  check.report(where, "must be -1 (unlimited) or more, is " + std::to_string(*limit));
}

void check_memory(Checker& check, const Where& where, const Memory& memory) {
  check_limit(check, where.at("limit"), memory.limit);
  check_limit(check, where.at("reservation"), memory.reservation);
  check_limit(check, where.at("swap"), memory.swap);
  check_limit(check, where.at("kernel"), memory.kernel);
  check_limit(check, where.at("kernelTCP"), memory.kernel_tcp);
  // It is the sum of memory and swap. 0 and -1 are no sizes.
  const int64_t limit = memory.limit.value_or(0);
  const int64_t swap = memory.swap.value_or(0);
  if (limit > 0 && swap > 0 && swap < limit) {
    check.report(where.at("swap"), "must be at least the memory limit " + std::to_string(limit) +
                                       ", which it includes; is " + std::to_string(swap));
  }
  // Docker sends -1, which is UINT64_MAX here, for "not set".
  if (memory.swappiness && *memory.swappiness > 100 && *memory.swappiness != UINT64_MAX) {
    check.report(where.at("swappiness"),
                 "must be from 0 to 100, is " + std::to_string(*memory.swappiness));
  }
}

/// The kernel's bounds for a period (kernel/sched/core.c); engines write 0 for "not set".
void check_period(Checker& check, const Where& where, const std::optional<uint64_t>& period) {
  constexpr uint64_t kMin = 1'000;  // microseconds
  constexpr uint64_t kMax = 1'000'000;
  if (!period || *period == 0 || (*period >= kMin && *period <= kMax)) return;
  check.report(where, "must be from 1000 to 1000000 microseconds, is " + std::to_string(*period));
}

void check_cpu(Checker& check, const Where& where, const Cpu& cpu) {
  const int64_t quota = cpu.quota.value_or(0);
  if (quota > 0 && quota < 1'000) {
    check.report(where.at("quota"),
                 "must be at least 1000 microseconds, is " + std::to_string(quota));
  }
  if (quota > 0 && cpu.burst.value_or(0) > static_cast<uint64_t>(quota)) {
    check.report(where.at("burst"), "must be at most the quota " + std::to_string(quota) + ", is " +
                                        std::to_string(*cpu.burst));
  }
  check_period(check, where.at("period"), cpu.period);
  if (is_given(cpu.cpus)) check.check_number_list(where.at("cpus"), *cpu.cpus);
  if (is_given(cpu.mems)) check.check_number_list(where.at("mems"), *cpu.mems);
  if (cpu.idle) check.check_range(where.at("idle"), *cpu.idle, 0, 1);
}

/// Engines write 0 for "not set".
void check_weight(Checker& check, const Where& where, const std::optional<uint16_t>& weight) {
  if (weight.value_or(0) != 0) check.check_range(where, *weight, 10, 1000);
}

template <typename BlockDevice>
void check_block_number(Checker& check, const Where& where, const BlockDevice& device) {
  check.check_range(where.at("major"), device.major, 0, UINT32_MAX);
  check.check_range(where.at("minor"), device.minor, 0, UINT32_MAX);
}

void check_throttles(Checker& check, const Where& where,
                     const std::vector<ThrottleDevice>& devices) {
  for (size_t i = 0; i < devices.size(); i++) check_block_number(check, where.at(i), devices[i]);
}

void check_block_io(Checker& check, const Where& where, const BlockIo& block_io) {
  check_weight(check, where.at("weight"), block_io.weight);
  check_weight(check, where.at("leafWeight"), block_io.leaf_weight);
  const Where devices = where.at("weightDevice");
  for (size_t i = 0; i < block_io.weight_device.size(); i++) {
    const WeightDevice& device = block_io.weight_device[i];
    const Where entry = devices.at(i);
    check_block_number(check, entry, device);
    check_weight(check, entry.at("weight"), device.weight);
    check_weight(check, entry.at("leafWeight"), device.leaf_weight);
    if (!device.weight && !device.leaf_weight) {
      check.report(entry, "must have a weight or a leafWeight");
    }
  }
  check_throttles(check, where.at("throttleReadBpsDevice"), block_io.throttle_read_bps_device);
  check_throttles(check, where.at("throttleWriteBpsDevice"), block_io.throttle_write_bps_device);
  check_throttles(check, where.at("throttleReadIOPSDevice"), block_io.throttle_read_iops_device);
  check_throttles(check, where.at("throttleWriteIOPSDevice"), block_io.throttle_write_iops_device);
}

/// "2MB": digits, then a unit.
bool is_page_size(std::string_view size) {
  const size_t digits = std::min(size.find_first_not_of("0123456789"), size.size());
  const std::string_view unit = size.substr(digits);
  return digits > 0 && (unit == "KB" || unit == "MB" || unit == "GB");
}

void check_hugepages(Checker& check, const Where& where, const std::vector<HugepageLimit>& limits) {
  for (size_t i = 0; i < limits.size(); i++) {
    if (is_page_size(limits[i].page_size)) continue;
    const Where entry = where.at(i);
    check.report(entry.at("pageSize"),
                 "must be a size such as 64KB, 2MB or 1GB; is " + quoted(limits[i].page_size));
  }
}

void check_network(Checker& check, const Where& where, const NetworkClass& network) {
  const Where priorities = where.at("priorities");
  for (size_t i = 0; i < network.priorities.size(); i++) {
    const Where entry = priorities.at(i);
    check.check_interface_name(entry.at("name"), network.priorities[i].name);
  }
}

void check_rdma(Checker& check, const Where& where, const std::map<std::string, Rdma>& devices) {
  for (const auto& [name, limits] : devices) {
    // It is written in front of "hca_handle=...", so a space would end it.
    if (name.empty() || name.find_first_of(" \t\n") != std::string::npos) {
      check.report(where.at(name), "must be the name of an RDMA device");
    }
    if (!limits.hca_handles && !limits.hca_objects) {
      check.report(where.at(name), "must have hcaHandles or hcaObjects");
    }
  }
}

void check_unified(Checker& check, const Where& where,
                   const std::map<std::string, std::string>& unified) {
  for (const auto& [file, value] : unified) {
    if (file.find('/') != std::string::npos) {
      check.report(where.at(file), "must be the name of a file, without \"/\"");
    } else if (const size_t dot = file.find('.');
               dot == 0 || dot == std::string::npos || dot + 1 == file.size()) {
      check.report(where.at(file), "must have the form controller.file, such as memory.high");
    }
  }
}

}  // namespace

void check_resources(Checker& check, const Where& where, const Resources& resources) {
  const Where devices = where.at("devices", "config-linux.md#allowed-device-list");
  for (size_t i = 0; i < resources.devices.size(); i++) {
    check_device_rule(check, devices.at(i), resources.devices[i]);
  }
  if (resources.memory) {
    check_memory(check, where.at("memory", "config-linux.md#memory"), *resources.memory);
  }
  if (resources.cpu) check_cpu(check, where.at("cpu", "config-linux.md#cpu"), *resources.cpu);
  if (resources.pids) {
    const Where pids = where.at("pids", "config-linux.md#pids");
    check_limit(check, pids.at("limit"), resources.pids->limit);
  }
  if (resources.block_io) {
    check_block_io(check, where.at("blockIO", "config-linux.md#block-io"), *resources.block_io);
  }
  check_hugepages(check, where.at("hugepageLimits", "config-linux.md#huge-page-limits"),
                  resources.hugepage_limits);
  if (resources.network) {
    check_network(check, where.at("network", "config-linux.md#network"), *resources.network);
  }
  check_rdma(check, where.at("rdma", "config-linux.md#rdma"), resources.rdma);
  check_unified(check, where.at("unified", "config-linux.md#unified"), resources.unified);
}

}  // namespace ocirt::spec
