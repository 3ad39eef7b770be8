// Gives a container the devices that its config asks for.
#include "hooks/nvidia/apply/give.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "hooks/nvidia/apply/apply.h"
#include "hooks/nvidia/apply/config.h"
#include "hooks/nvidia/apply/rootfs_facts.h"
#include "hooks/nvidia/cdi/merge.h"
#include "hooks/nvidia/cdi/native_hooks.h"
#include "hooks/nvidia/cdi/registry.h"
#include "hooks/nvidia/host/discover.h"
#include "hooks/nvidia/host/privilege.h"
#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

std::string annotation_of(const spec::Config& config, const char* name) {
  const auto found = config.annotations.find(name);
  return found == config.annotations.end() ? std::string() : found->second;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (const std::string_view part = trimmed(text.substr(0, end)); !part.empty()) {
      parts.emplace_back(part);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// The words of --gpus, and the GPUs that are named as devices of CDI, in one.
std::optional<std::string> words_for_gpus(const spec::Config& config,
                                          const std::vector<std::string>& names) {
  const auto asked = config.annotations.find(kGpusAnnotation);
  std::optional<std::string> words;
  if (asked != config.annotations.end()) words = asked->second;
  for (const std::string& name : names) words = words ? *words + ',' + name : name;
  return words;
}

Result<> merge_devices(const HostView& host, spec::Config& config,
                       const std::vector<std::string>& names, std::vector<std::string>& gpus,
                       Plan& plan) {
  if (names.empty()) return {};
  std::vector<std::string> directories = split(annotation_of(config, kCdiDirectories), ':');
  if (directories.empty()) directories = default_cdi_directories();
  const CdiRegistry registry = read_cdi(host, directories);
  CdiSelection selection = TRY(select_devices(host, registry, names));
  for (const ContainerEdits* edits : selection.edits) TRY(merge_edits(host, *edits, config));
  gpus = std::move(selection.gpus);
  std::move(selection.warnings.begin(), selection.warnings.end(),
            std::back_inserter(plan.warnings));
  return {};
}

// A plain user's container maps none of their groups, so a node that only a group may open would be
// closed in it, unless its processes keep the groups that we have.
void keep_groups(spec::Config& config, const Plan& plan) {
  if (is_host_root()) return;
  const bool needs_group =
      std::any_of(plan.devices.begin(), plan.devices.end(), [](const PlannedDevice& device) {
        constexpr uint32_t kEverybody = 06;
        return (device.mode & kEverybody) != kEverybody && device.uid != ::geteuid();
      });
  if (needs_group) config.annotations.emplace("run.oci.keep_original_groups", "1");
}

}  // namespace

bool asks_for_devices(const spec::Config& config) {
  const auto is_asked = [&](const char* name) { return config.annotations.contains(name); };
  if (is_asked(kGpusAnnotation) || is_asked(kDevicesAnnotation)) return true;
  return config.hooks && std::any_of(config.hooks->create_container.begin(),
                                     config.hooks->create_container.end(), is_nvidia_hook);
}

Result<Plan> give_devices(const sys::RootDir& root, spec::Config& config) {
  HostView host = TRY(HostView::open({}));
  // Before anything is merged: CDI says in the environment that it has given the GPUs.
  const spec::Config asked = config;
  Plan plan;
  std::vector<std::string> gpus;
  TRY(merge_devices(host, config, split(annotation_of(asked, kDevicesAnnotation), ','), gpus,
                    plan));
  RequestSource source = source_of(asked, read_settings(host.host));
  source.annotation = words_for_gpus(asked, gpus);
  if (const std::optional<Request> request = TRY(find_request(source))) {
    TRY(use_driver_root(host, source.settings));
    Driver driver = TRY(discover(host));
    TRY(learn_slices(*request, driver));
    Plan given = TRY(make_plan(driver, *request, look_at_rootfs(root)));
    given.warnings.insert(given.warnings.begin(), plan.warnings.begin(), plan.warnings.end());
    plan = std::move(given);
    add_to_config(plan, config);
    keep_groups(config, plan);
  }
  take_nvidia_hooks(host.host, root, config, plan);
  if (auto cache = merge_loader_cache(plan, root)) {
    plan.files.push_back({.path = {kLoaderCachePath}, .content = std::move(*cache)});
  }
  return plan;
}

}  // namespace ocirt::nvidia
