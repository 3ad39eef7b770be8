// Decides in which class of service for caches and memory bandwidth the container runs. Pure.
#include <optional>
#include <string>

#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr const char* kMountPoint = "/sys/fs/resctrl";

Error no_resctrl() {
  return config_error(ErrorKind::Unsupported, "/linux/intelRdt",
                      "no resctrl file system is mounted on /sys/fs/resctrl",
                      "config-linux.md#intelrdt")
      .with_hint(
          "mount -t resctrl resctrl /sys/fs/resctrl; that needs a processor with Intel RDT or AMD "
          "QoS, which /proc/cpuinfo shows by the flags cat_l3, mba, cqm or rdt_a");
}

}  // namespace

Result<std::optional<RdtPlan>> decide_rdt(const spec::Config& config, const HostFacts& host,
                                          const std::string& id) {
  if (!config.linux_->intel_rdt) return std::optional<RdtPlan>{};
  if (!host.resctrl) return no_resctrl();
  const spec::IntelRdt& asked = *config.linux_->intel_rdt;
  RdtPlan plan;
  plan.mount_point.text = kMountPoint;
  // L3 before MB, and the schemata as a whole last (config-linux.md#intelrdt).
  for (const std::optional<std::string>& line : {asked.l3_cache_schema, asked.mem_bw_schema}) {
    if (!line.value_or("").empty()) plan.schemata.push_back(*line);
  }
  plan.compared = plan.schemata.size();
  plan.schemata.insert(plan.schemata.end(), asked.schemata.begin(), asked.schemata.end());

  const std::string class_name = asked.clos_id.value_or("");
  plan.own = class_name.empty();
  plan.group = plan.own ? id : class_name;
  if (class_name == "/") plan.group.clear();
  // A class by its name alone is one that an administrator has set up.
  plan.make = plan.own || (!plan.group.empty() && !plan.schemata.empty());
  if (asked.enable_monitoring.value_or(false)) plan.monitor = id;
  return std::optional<RdtPlan>{std::move(plan)};
}

}  // namespace ocirt::plan
