// Puts the edits of CDI into a container's config.
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <set>

#include "hooks/nvidia/cdi/registry.h"

namespace ocirt::nvidia {

namespace {

class Merger {
 public:
  Merger(const HostView& host, spec::Config& config) : host_(host), config_(config) {
    if (!config_.linux_) config_.linux_.emplace();
    if (!config_.linux_->resources) config_.linux_->resources.emplace();
    if (!config_.process) config_.process.emplace();
  }

  Result<> merge(const ContainerEdits& edits) {
    for (const std::string& variable : edits.env) set_variable(variable);
    for (const CdiNode& node : edits.nodes) TRY(add_node(node));
    for (const CdiMount& mount : edits.mounts) add_mount(mount);
    for (const CdiHook& hook : edits.hooks) TRY(add_hook(hook));
    for (const uint32_t gid : edits.additional_gids) {
      if (gid != 0) config_.process->user.additional_gids.push_back(gid);
    }
    return {};
  }

 private:
  void set_variable(const std::string& variable) {
    const std::string name = variable.substr(0, variable.find('=') + 1);
    auto& env = config_.process->env;
    std::erase_if(env, [&](const std::string& one) { return one.starts_with(name); });
    env.push_back(variable);
  }

  Result<> add_node(const CdiNode& node) {
    const std::string path = node.host_path.empty() ? node.path : node.host_path;
    const struct stat status = TRY(host_.host.stat({path}));
    spec::Device device{.type = node.type.empty() ? S_ISBLK(status.st_mode) ? "b" : "c" : node.type,
                        .path = node.path,
                        .major = node.major.value_or(major(status.st_rdev)),
                        .minor = node.minor.value_or(minor(status.st_rdev)),
                        .file_mode = node.file_mode.value_or(status.st_mode & 07777),
                        .uid = node.uid.value_or(config_.process->user.uid),
                        .gid = node.gid.value_or(config_.process->user.gid)};
    if (node.permissions != "none") {
      config_.linux_->resources->devices.push_back(
          {.allow = true,
           .type = device.type,
           .major = device.major,
           .minor = device.minor,
           .access = node.permissions.empty() ? "rwm" : node.permissions});
    }
    if (path != node.path || host_.roots.host.text != "/") {
      // A device of a config has no source: where it can't be made, the host's of the same path
      // would be taken.
      add_mount({.host_path = below(host_.roots.host, path),
                 .container_path = node.path,
                 .options = {"bind", "nosuid", "noexec"},
                 .type = "bind"});
      return {};
    }
    auto& devices = config_.linux_->devices;
    std::erase_if(devices, [&](const spec::Device& one) { return one.path == device.path; });
    devices.push_back(std::move(device));
    return {};
  }

  void add_mount(const CdiMount& mount) {
    std::erase_if(config_.mounts,
                  [&](const spec::Mount& one) { return one.destination == mount.container_path; });
    config_.mounts.push_back({.destination = mount.container_path,
                              .source = mount.host_path,
                              .options = mount.options,
                              .type = mount.type.empty() ? "bind" : mount.type});
  }

  Result<> add_hook(const CdiHook& hook) {
    if (!config_.hooks) config_.hooks.emplace();
    spec::Hooks& hooks = *config_.hooks;
    struct Stage {
      std::string_view name;
      std::vector<spec::Hook>* list;
    };
    const Stage stages[] = {{"prestart", &hooks.prestart},
                            {"createRuntime", &hooks.create_runtime},
                            {"createContainer", &hooks.create_container},
                            {"startContainer", &hooks.start_container},
                            {"poststart", &hooks.poststart},
                            {"poststop", &hooks.poststop}};
    for (const Stage& stage : stages) {
      if (stage.name != hook.name) continue;
      // Never without an environment: a runtime might give it the image's (CVE-2025-23266).
      std::vector<std::string> env = hook.env;
      if (env.empty()) env.emplace_back("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
      stage.list->push_back(
          {.path = hook.path, .args = hook.args, .env = std::move(env), .timeout = hook.timeout});
      return {};
    }
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("a hook's stage \"{}\" is unknown", hook.name));
  }

  const HostView& host_;
  spec::Config& config_;
};

struct Found {
  const CdiFile* file = nullptr;
  const CdiDevice* device = nullptr;
};

Result<Found> find(const CdiRegistry& registry, const std::string& text) {
  const std::optional<CdiName> name = parse_cdi_name(text);
  if (!name) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("\"{}\" is no device of CDI, as vendor.com/class=name", text));
  }
  std::string others;
  for (const CdiFile& file : registry.files) {
    if (file.spec.kind != name->kind) continue;
    for (const CdiDevice& device : file.spec.devices) {
      if (device.name == name->device) return Found{.file = &file, .device = &device};
      others += fmt::format(" {}={}", file.spec.kind, device.name);
    }
  }
  Error error =
      make_error(ErrorKind::NotFound, fmt::format("no specification of CDI has {}", text));
  if (!others.empty()) return std::move(error).with_hint("there are:" + others);
  if (!registry.warnings.empty()) return std::move(error).with_hint(registry.warnings.front());
  return error;
}

}  // namespace

Result<> merge_cdi(const HostView& host, const CdiRegistry& registry,
                   std::span<const std::string> names, spec::Config& config) {
  Merger merger(host, config);
  std::set<const CdiFile*> merged;
  for (const std::string& name : names) {
    const Found found = TRY(find(registry, name));
    if (const std::string stale = find_staleness(host, found.file->spec); !stale.empty()) {
      return make_error(ErrorKind::BadState,
                        fmt::format("{} is out of date: {}", found.file->path, stale))
          .with_hint("generate it anew");
    }
    if (merged.insert(found.file).second) TRY(merger.merge(found.file->spec.edits));
    TRY(merger.merge(found.device->edits));
  }
  return {};
}

}  // namespace ocirt::nvidia
