// Finds out which container holds which GPU, by the nodes in their roots.
#include "hooks/nvidia/host/gpu_table.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "hooks/nvidia/host/discover.h"
#include "hooks/nvidia/plan/plan.h"

namespace ocirt::nvidia {

namespace {

bool has_node(const sys::RootDir& root, const Node& node) {
  const Result<struct stat> status = root.stat({node.destination}, O_NOFOLLOW);
  return status && S_ISCHR(status->st_mode) && status->st_rdev == ::makedev(node.major, node.minor);
}

}  // namespace

Result<GpuTable> make_gpu_table(const HostView& host,
                                std::span<const RunningContainer> containers) {
  const Driver driver = TRY(discover(host));
  GpuTable table{.driver_version = driver.version};
  for (const Gpu& gpu : driver.gpus) {
    GpuRow row{.gpu = gpu};
    if (gpu.is_excluded) {
      row.trouble = "the administrator took it out of use";
    } else if (const Result<> usable = check_node(gpu.node); !usable) {
      row.trouble = usable.error().text;
    }
    table.rows.push_back(std::move(row));
  }
  for (const RunningContainer& container : containers) {
    // What lies below is the container's: looked up within it, and never opened.
    const Result<sys::RootDir> root =
        sys::RootDir::open({fmt::format("/proc/{}/root", container.pid)});
    if (!root) {
      // Ended meanwhile, it holds nothing.
      if (root.error().kind != ErrorKind::NotFound) table.unknown.push_back(container.name);
      continue;
    }
    for (GpuRow& row : table.rows) {
      if (has_node(*root, row.gpu.node)) row.containers.push_back(container.name);
    }
  }
  return table;
}

}  // namespace ocirt::nvidia
