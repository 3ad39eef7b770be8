// Decides how the payload tells that it is ready, where a service manager started us: a socket of
// its own, from which stages/notify.h passes its word on. Pure.
#include <sys/mount.h>

#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/rootfs_sections.h"
#include "runtime/plan/sections.h"

namespace ocirt::plan {

namespace {

// runc's and crun's.
constexpr std::string_view kDirectory = "/run/notify";
constexpr std::string_view kVariable = "NOTIFY_SOCKET=";

}  // namespace

void add_notify_directory(RootfsDraft& draft) {
  const HostPath& directory = draft.context.options.notify_directory;
  if (directory.text.empty()) return;
  BindMount bind;
  bind.destination = {std::string(kDirectory)};
  bind.source = directory;
  bind.opened_by = draft.opened_by;
  // A read-only mount still lets the payload send to a socket.
  bind.attributes.set =
      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  bind.propagation = propagation_of_bind(draft, {});
  draft.operations.emplace_back(std::move(bind));
}

void add_notify_socket(ProcessPlan& plan) {
  // One of the config would come first and win.
  std::erase_if(plan.env, [](const std::string& entry) { return entry.starts_with(kVariable); });
  plan.env.push_back(std::string(kVariable) + std::string(kDirectory) + "/notify.sock");
}

}  // namespace ocirt::plan
