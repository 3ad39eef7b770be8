// Puts what a specification of CDI says into a container's config.
#include "hooks/nvidia/cdi/merge.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "hooks/nvidia/apply/config.h"

namespace ocirt::nvidia {

namespace {

class Merger {
 public:
  Merger(const HostView& host, spec::Config& config) : host_(host), config_(config) {
    if (!config_.linux_) config_.linux_.emplace();
    if (!config_.linux_->resources) config_.linux_->resources.emplace();
  }

  Result<> merge(const ContainerEdits& edits) {
    for (const CdiNode& node : edits.nodes) TRY(add_node(node));
    add_mounts(edits.mounts);
    for (const CdiHook& hook : edits.hooks) TRY(add_hook(hook));
    for (const CdiNetDevice& device : edits.net_devices) {
      config_.linux_->net_devices[device.host_name].name = device.name;
    }
    if (edits.intel_rdt) config_.linux_->intel_rdt = edits.intel_rdt;
    if (!config_.process) return {};
    for (const std::string& variable : edits.env) set_variable(config_.process->env, variable);
    for (const uint32_t gid : edits.additional_gids) {
      if (gid != 0) config_.process->user.additional_gids.push_back(gid);
    }
    return {};
  }

 private:
  Result<> add_node(const CdiNode& node) {
    const std::string path = node.host_path.empty() ? node.path : node.host_path;
    const struct stat status = TRY(host_.host.stat({path}));
    const char* type = S_ISBLK(status.st_mode) ? "b" : S_ISFIFO(status.st_mode) ? "p" : "c";
    const spec::User user = config_.process ? config_.process->user : spec::User();
    spec::Device device{.type = node.type.empty() ? type : node.type,
                        .path = node.path,
                        .major = node.major.value_or(major(status.st_rdev)),
                        .minor = node.minor.value_or(minor(status.st_rdev)),
                        .file_mode = node.file_mode.value_or(status.st_mode & 07777),
                        .uid = node.uid.value_or(user.uid),
                        .gid = node.gid.value_or(user.gid)};
    if (device.type != "p" && node.permissions != "none") {
      config_.linux_->resources->devices.push_back(
          {.allow = true,
           .type = device.type,
           .major = device.major,
           .minor = device.minor,
           .access = node.permissions.empty() ? "rwm" : node.permissions});
    }
    // A device of a config has no source: where it can't be made, as by a plain user, the host's of
    // the same path is bound.
    if (path != node.path) {
      add_mounts({{.host_path = below(host_.roots.host, path),
                   .container_path = node.path,
                   .options = {"bind", "nosuid", "noexec", "private"}}});
      return {};
    }
    auto& devices = config_.linux_->devices;
    std::erase_if(devices, [&](const spec::Device& one) { return one.path == device.path; });
    devices.push_back(std::move(device));
    return {};
  }

  // Behind all that is there, and what lies deeper behind what lies above it.
  void add_mounts(std::vector<CdiMount> mounts) {
    const auto depth = [](const CdiMount& mount) {
      return std::count(mount.container_path.begin(), mount.container_path.end(), '/');
    };
    std::stable_sort(mounts.begin(), mounts.end(),
                     [&](const CdiMount& a, const CdiMount& b) { return depth(a) < depth(b); });
    for (CdiMount& mount : mounts) {
      std::erase_if(config_.mounts, [&](const spec::Mount& one) {
        return one.destination == mount.container_path;
      });
      config_.mounts.push_back({.destination = std::move(mount.container_path),
                                .source = std::move(mount.host_path),
                                .options = std::move(mount.options),
                                .type = mount.type.empty() ? "bind" : std::move(mount.type)});
    }
  }

  Result<> add_hook(const CdiHook& hook) {
    if (!config_.hooks) config_.hooks.emplace();
    spec::Hooks& hooks = *config_.hooks;
    const std::pair<std::string_view, std::vector<spec::Hook>*> stages[] = {
        {"prestart", &hooks.prestart},
        {"createRuntime", &hooks.create_runtime},
        {"createContainer", &hooks.create_container},
        {"startContainer", &hooks.start_container},
        {"poststart", &hooks.poststart},
        {"poststop", &hooks.poststop}};
    for (const auto& [name, list] : stages) {
      if (name != hook.name) continue;
      // Never without an environment: a runtime might give it the image's (CVE-2025-23266).
      std::vector<std::string> env = hook.env;
      if (env.empty()) env.emplace_back("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
      list->push_back(
          {.path = hook.path, .args = hook.args, .env = std::move(env), .timeout = hook.timeout});
      return {};
    }
    return make_error(
        ErrorKind::InvalidConfig,
        fmt::format("the hook {} is for the unknown stage \"{}\"", hook.path, hook.name));
  }

  const HostView& host_;
  spec::Config& config_;
};

}  // namespace

Result<> merge_edits(const HostView& host, const ContainerEdits& edits, spec::Config& config) {
  return Merger(host, config).merge(edits);
}

}  // namespace ocirt::nvidia
