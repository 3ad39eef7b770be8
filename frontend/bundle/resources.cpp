// Limits of the container's cgroup. Pure.
#include <fmt/core.h>

#include <cmath>

#include "frontend/bundle/parts.h"
#include "frontend/bundle/resources.h"
#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using nlohmann::json;

Result<json> print_cpu(const model::RequestedResources& asked) {
  json cpu = json::object();
  constexpr uint64_t kPeriod_us = 100000;
  if (asked.cpus) {
    if (asked.cpu_period || asked.cpu_quota) {
      return make_error(ErrorKind::InvalidConfig, "--cpus excludes --cpu-period and --cpu-quota");
    }
    if (*asked.cpus < 0) return make_error(ErrorKind::InvalidConfig, "--cpus is below 0");
    if (*asked.cpus > 0) {
      cpu["period"] = kPeriod_us;
      cpu["quota"] = std::llround(*asked.cpus * static_cast<double>(kPeriod_us));
    }
  }
  if (asked.cpu_period) cpu["period"] = *asked.cpu_period;
  if (asked.cpu_quota) cpu["quota"] = *asked.cpu_quota;
  if (asked.cpu_shares) cpu["shares"] = *asked.cpu_shares;
  if (!asked.cpuset_cpus.empty()) cpu["cpus"] = asked.cpuset_cpus;
  if (!asked.cpuset_mems.empty()) cpu["mems"] = asked.cpuset_mems;
  return cpu;
}

json print_memory(const model::RequestedResources& asked) {
  json memory = json::object();
  if (asked.memory) memory["limit"] = *asked.memory;
  if (asked.memory_reservation) memory["reservation"] = *asked.memory_reservation;
  if (asked.memory_swap) memory["swap"] = *asked.memory_swap;
  // As podman and Docker: as much swap as memory, which the specification counts together.
  if (asked.memory && *asked.memory > 0 && !asked.memory_swap) memory["swap"] = *asked.memory * 2;
  if (asked.oom_kill_disable) memory["disableOOMKiller"] = true;
  return memory;
}

using Nodes = std::map<std::string, std::vector<HostNode>>;

Result<json> print_rates(const Nodes& devices, const std::vector<std::string>& texts,
                         std::string_view option) {
  json list = json::array();
  for (const std::string& text : texts) {
    const auto [path, rate] = split_pair(text, ':');
    const std::optional<int64_t> value = parse_size(rate);
    const auto node = devices.find(std::string(path));
    if (!value || node == devices.end() || node->second.size() != 1) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--{} {}: not DEVICE:RATE", option, text));
    }
    const HostNode& device = node->second[0];
    list.push_back({{"major", device.major}, {"minor", device.minor}, {"rate", *value}});
  }
  return list;
}

Result<json> print_block(const model::RequestedResources& asked, const Nodes& devices) {
  json block = json::object();
  if (asked.blkio_weight) block["weight"] = *asked.blkio_weight;
  const std::tuple<const char*, const char*, const std::vector<std::string>*> all[] = {
      {"throttleReadBpsDevice", "device-read-bps", &asked.device_read_bps},
      {"throttleWriteBpsDevice", "device-write-bps", &asked.device_write_bps},
      {"throttleReadIOPSDevice", "device-read-iops", &asked.device_read_iops},
      {"throttleWriteIOPSDevice", "device-write-iops", &asked.device_write_iops}};
  for (const auto& [name, option, texts] : all) {
    if (!texts->empty()) block[name] = TRY(print_rates(devices, *texts, option));
  }
  return block;
}

void add_if_any(json& to, const char* name, json value) {
  if (!value.empty()) to[name] = std::move(value);
}

}  // namespace

Result<json> print_limits(const model::RequestedResources& asked, const Nodes& devices) {
  json resources = json::object();
  add_if_any(resources, "memory", print_memory(asked));
  add_if_any(resources, "cpu", TRY(print_cpu(asked)));
  if (asked.pids) resources["pids"] = {{"limit", *asked.pids == 0 ? -1 : *asked.pids}};
  if (!asked.unified.empty()) resources["unified"] = asked.unified;
  add_if_any(resources, "blockIO", TRY(print_block(asked, devices)));
  return resources;
}

Result<json> make_resources(const Input& input) {
  const model::Request& request = input.record.request;
  json resources = TRY(print_limits(request.resources, input.host.devices));
  // A plain user's limit is the one of the session: a default of ours must not ask for a
  // controller that wasn't handed down, or that the host doesn't have.
  const bool can_limit = input.host.can_limit_pids && !input.host.rootless;
  if (!request.resources.pids && can_limit && input.settings.pids_limit > 0) {
    resources["pids"] = {{"limit", input.settings.pids_limit}};
  }
  resources["devices"] = TRY(make_device_rules(input));
  return resources;
}

}  // namespace ocirt::bundle
