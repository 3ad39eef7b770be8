// Puts a plan into a container's config.
#include "hooks/nvidia/apply/config.h"

#include <algorithm>
#include <iterator>

namespace ocirt::nvidia {

namespace {

void add_device(spec::Linux& linux_, const PlannedDevice& planned) {
  std::erase_if(linux_.devices,
                [&](const spec::Device& one) { return one.path == planned.path.text; });
  linux_.devices.push_back({.type = "c",
                            .path = planned.path.text,
                            .major = planned.major,
                            .minor = planned.minor,
                            .file_mode = planned.mode,
                            .uid = planned.uid,
                            .gid = planned.gid});
  if (!linux_.resources) linux_.resources.emplace();
  // What the config has itself said of it comes before, and the last rule wins.
  linux_.resources->devices.push_back(
      {.allow = true, .type = "c", .major = planned.major, .minor = planned.minor, .access = "rw"});
}

void add_variable(std::vector<std::string>& env, const std::string& variable) {
  const std::string name = variable.substr(0, variable.find('=') + 1);
  std::erase_if(env, [&](const std::string& one) { return one.starts_with(name); });
  env.push_back(variable);
}

}  // namespace

void add_to_config(const Plan& plan, spec::Config& config) {
  if (!config.linux_) config.linux_.emplace();
  for (const PlannedDevice& device : plan.devices) add_device(*config.linux_, device);
  std::vector<spec::Mount> files;
  for (const PlannedMount& mount : plan.mounts) {
    const bool is_file = mount.kind == MountKind::File;
    spec::Mount added{.destination = mount.destination.text,
                      .source = mount.source.text,
                      .options = {"bind", "nosuid", "nodev", is_file ? "ro" : "noexec", "private"},
                      .type = "bind"};
    (is_file ? files : config.mounts).push_back(std::move(added));
  }
  config.mounts.insert(config.mounts.begin(), std::make_move_iterator(files.begin()),
                       std::make_move_iterator(files.end()));
  if (!config.process) return;
  for (const std::string& variable : plan.env) add_variable(config.process->env, variable);
}

}  // namespace ocirt::nvidia
