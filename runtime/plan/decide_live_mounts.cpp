// Decides how mounts are added to a container that runs. Pure.
#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <variant>

#include "runtime/plan/decide.h"
#include "runtime/plan/rootfs_sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kSection = "config.md#mounts";

/// Why an operation is not for a container whose processes look on; empty: it is.
struct Objection {
  std::string_view operator()(const MountFilesystem& mount) const {
    // They show the namespaces of whoever mounts them, and that is not a process of the
    // container's.
    constexpr std::array<std::string_view, 4> kViews = {"proc", "sysfs", "mqueue", "devpts"};
    if (std::find(kViews.begin(), kViews.end(), mount.type) != kViews.end() ||
        mount.type.starts_with("cgroup")) {
      return "a file system of this type can't be added to a container that runs";
    }
    if (mount.copy_up) return "\"tmpcopyup\" can't be done while the container runs";
    return {};
  }
  std::string_view operator()(const BindMount&) const { return {}; }
  std::string_view operator()(const ChangeMount&) const {
    return "only new mounts can be added to a container that runs, nothing can be changed";
  }
  std::string_view operator()(const MakeDevice&) const { return {}; }
  std::string_view operator()(const MakeSymlink&) const { return {}; }
};

}  // namespace

Result<RootfsPlan> decide_live_mounts(const spec::Config& config, const HostFacts& host,
                                      const HostPath& bundle) {
  const IdMapPlan ids;
  const CgroupPlan cgroup;
  CreateOptions options;
  options.bundle = bundle;
  const RootfsContext context{
      .config = config, .host = host, .ids = ids, .cgroup = cgroup, .options = options};
  RootfsPlan plan;
  const bool creator_can_clone = is_privileged(host) || host.owns_mount_namespace;
  plan.opened_by = creator_can_clone ? OpenedBy::Creator : OpenedBy::Init;
  plan.inherited_propagation = MS_REC | MS_SLAVE;
  RootfsDraft draft{.context = context,
                    .opened_by = plan.opened_by,
                    .inherited_propagation = plan.inherited_propagation};
  for (size_t i = 0; i < config.mounts.size(); ++i) {
    const size_t before = draft.operations.size();
    const spec::Mount& mount = config.mounts[i];
    if (mount.type && (*mount.type == "cgroup" || *mount.type == "cgroup2")) {
      return config_error(ErrorKind::Unsupported, pointer_to("/mounts", i),
                          "a file system of this type can't be added to a container that runs",
                          kSection);
    }
    TRY(add_mount(draft, i));
    for (size_t added = before; added < draft.operations.size(); ++added) {
      const std::string_view objection = std::visit(Objection{}, draft.operations[added]);
      if (objection.empty()) continue;
      return config_error(ErrorKind::Unsupported, pointer_to("/mounts", i), objection, kSection);
    }
  }
  plan.operations = std::move(draft.operations);
  // What makes a tmpfs read-only that had to be written first: ours, on a mount of ours.
  std::move(draft.last_operations.begin(), draft.last_operations.end(),
            std::back_inserter(plan.operations));
  return plan;
}

}  // namespace ocirt::plan
