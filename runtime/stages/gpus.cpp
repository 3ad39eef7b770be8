// Plans a container's GPUs and devices of CDI and adds them to the runtime's own plan. Runs in:
// creator.
#include "runtime/stages/gpus.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mount.h>

#include <iterator>
#include <utility>

#include "hooks/nvidia/apply/give.h"
#include "runtime/plan/decide.h"
#include "runtime/plan/text.h"
#include "runtime/stages/rootfs_overlay.h"
#include "spec/overlay_root.h"
#include "spec/print.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr uint64_t kOfOurFile =
    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

// The tree that the container will have, before anything is mounted in it.
Result<sys::RootDir> look_at_root(const spec::Config& config, const HostPath& bundle) {
  const auto layers = config.annotations.find(spec::kOverlayRootAnnotation);
  if (layers == config.annotations.end()) {
    return sys::RootDir::open(plan::absolute_host_path(bundle, config.root->path));
  }
  const spec::OverlayRoot asked = TRY(spec::parse_overlay_root(layers->second));
  plan::OverlayRoot overlay{.upper = {asked.upper}};
  for (const std::string& directory : asked.lower) overlay.lower.push_back({directory});
  return look_at_overlay(overlay);
}

// A file of ours that lies over one of the container.
plan::BindMount cover(const plan::RootfsPlan& rootfs, const HostPath& source,
                      const ContainerPath& destination) {
  plan::BindMount bind;
  bind.destination = destination;
  bind.source = source;
  bind.opened_by = rootfs.opened_by;
  bind.attributes.set = kOfOurFile;
  bind.propagation = {MS_PRIVATE};
  return bind;
}

// Links come first: nothing of the container's volumes is mounted yet. What covers a file comes
// last: /proc is mounted by then.
void add_operations(PlanWithGpus& to, const nvidia::Plan& gpus, const HostPath& state_directory) {
  std::vector<plan::RootfsOperation> first;
  std::vector<plan::RootfsOperation> last;
  for (const nvidia::PlannedLink& link : gpus.links) {
    plan::MakeSymlink made{.path = link.path, .target = link.target, .replace = true};
    (link.path.text.starts_with("/dev/") ? last : first).emplace_back(std::move(made));
  }
  for (const nvidia::PlannedFile& file : gpus.files) {
    std::string name = fmt::format("gpu-{}", to.files.size());
    last.emplace_back(
        cover(to.plan.rootfs, {fmt::format("{}/{}", state_directory.text, name)}, file.path));
    to.files.push_back({.name = std::move(name), .content = file.content});
  }
  auto& operations = to.plan.rootfs.operations;
  operations.insert(operations.begin(), std::make_move_iterator(first.begin()),
                    std::make_move_iterator(first.end()));
  std::move(last.begin(), last.end(), std::back_inserter(operations));
}

}  // namespace

Result<PlanWithGpus> decide_with_gpus(const spec::Config& config, const plan::HostFacts& host,
                                      const CreateRequest& request) {
  if (!nvidia::asks_for_devices(config)) {
    return PlanWithGpus{.plan = TRY(plan::decide(config, host, request.options))};
  }
  const sys::RootDir root = TRY(look_at_root(config, request.options.bundle));
  spec::Config with_devices = config;
  nvidia::Plan gpus = TRY(nvidia::give_devices(root, with_devices));
  PlanWithGpus made{.plan = TRY(plan::decide(with_devices, host, request.options)),
                    .config_text = spec::print_config(with_devices)};
  add_operations(made, gpus, HostPath{request.state_root.text + '/' + request.options.id});
  std::move(gpus.warnings.begin(), gpus.warnings.end(), std::back_inserter(made.plan.warnings));
  return made;
}

Result<> write_gpu_files(int state_directory, const std::vector<GpuFile>& files) {
  for (const GpuFile& file : files) {
    const UniqueFd fd =
        TRY(sys::open_at(state_directory, file.name.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0444));
    TRY(sys::write_all(fd.get(), file.content));
  }
  return {};
}

}  // namespace ocirt::stages
