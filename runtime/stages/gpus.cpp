// Plans a container's GPUs and adds them to the runtime's own plan. Runs in: creator.
#include "runtime/stages/gpus.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mount.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "hooks/nvidia/apply/apply.h"
#include "hooks/nvidia/apply/config.h"
#include "hooks/nvidia/apply/rootfs_facts.h"
#include "hooks/nvidia/host/discover.h"
#include "runtime/plan/decide.h"
#include "runtime/plan/text.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr std::string_view kAdmin = "CAP_SYS_ADMIN";
constexpr uint64_t kOfOurFile =
    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

Result<std::optional<nvidia::Request>> request_of(const spec::Config& config) {
  const auto annotation = config.annotations.find(nvidia::kGpusAnnotation);
  if (annotation == config.annotations.end()) return std::optional<nvidia::Request>();
  nvidia::RequestSource source{.annotation = annotation->second};
  if (config.process) {
    source.env = config.process->env;
    if (const auto& sets = config.process->capabilities) {
      source.is_privileged =
          std::find(sets->bounding.begin(), sets->bounding.end(), kAdmin) != sets->bounding.end();
    }
  }
  return nvidia::find_request(source);
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
void add_operations(PlanWithGpus& to, const nvidia::Plan& gpus, const HostPath& state_directory,
                    const std::vector<nvidia::PlannedFile>& files) {
  std::vector<plan::RootfsOperation> first;
  std::vector<plan::RootfsOperation> last;
  for (const nvidia::PlannedLink& link : gpus.links) {
    plan::MakeSymlink made{.path = link.path, .target = link.target, .replace = true};
    (link.path.text.starts_with("/dev/") ? last : first).emplace_back(std::move(made));
  }
  for (const nvidia::PlannedFile& file : files) {
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
  const std::optional<nvidia::Request> asked = TRY(request_of(config));
  if (!asked) return PlanWithGpus{.plan = TRY(plan::decide(config, host, request.options))};

  const nvidia::HostView view = TRY(nvidia::HostView::open({}));
  const nvidia::Driver driver = TRY(nvidia::discover(view));
  const HostPath rootfs = plan::absolute_host_path(request.options.bundle, config.root->path);
  const sys::RootDir root = TRY(sys::RootDir::open(rootfs));
  nvidia::Plan gpus = TRY(nvidia::make_plan(driver, *asked, nvidia::look_at_rootfs(root)));
  std::vector<nvidia::PlannedFile> files = gpus.files;
  if (auto cache = nvidia::merge_loader_cache(gpus, root)) {
    files.push_back({.path = {nvidia::kLoaderCachePath}, .content = std::move(*cache)});
  }

  spec::Config with_gpus = config;
  nvidia::add_to_config(gpus, with_gpus);
  PlanWithGpus made{.plan = TRY(plan::decide(with_gpus, host, request.options))};
  const HostPath state_directory{request.state_root.text + '/' + request.options.id};
  add_operations(made, gpus, state_directory, files);
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
