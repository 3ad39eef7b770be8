// Shows what there is and what would be done: plan and list.
#include <fmt/core.h>
#include <unistd.h>

#include "hooks/nvidia/apply/rootfs_facts.h"
#include "hooks/nvidia/commands/verbs.h"
#include "hooks/nvidia/host/discover.h"
#include "sys/file.h"

namespace ocirt::nvidia {

Result<> print(std::string_view text) {
  return sys::write_all(STDOUT_FILENO, text);
}

Result<> find_driver_root(HostView& host, const Arguments& arguments, const Settings& settings) {
  if (arguments.roots.driver.text != "/") return {};
  return use_driver_root(host, settings);
}

Result<int> show_plan(const Arguments& arguments) {
  HostView host = TRY(HostView::open(arguments.roots));
  TRY(find_driver_root(host, arguments, read_settings(host.host)));
  Driver driver = TRY(discover(host));
  const Request request = TRY(parse_gpus(arguments.gpus));
  TRY(learn_slices(request, driver));
  RootfsFacts rootfs;
  if (!arguments.rootfs.empty()) {
    rootfs = look_at_rootfs(TRY(sys::RootDir::open(HostPath{arguments.rootfs})));
  }
  TRY(print(print_plan(TRY(make_plan(driver, request, rootfs)))));
  return 0;
}

Result<int> list_gpus(const Arguments& arguments) {
  const HostView host = TRY(HostView::open(arguments.roots));
  const Driver driver = TRY(discover(host));
  std::string text = fmt::format("driver {}\n", driver.version);
  for (const Gpu& gpu : driver.gpus) {
    const Result<> usable = check_node(gpu.node);
    text += fmt::format("{}  {}  {}  {}  {}\n", gpu.index, gpu.pci_address,
                        gpu.uuid.empty() ? "(no UUID yet)" : gpu.uuid, gpu.model,
                        usable ? "usable" : usable.error().text);
    for (size_t i = 0; i < gpu.migs.size(); ++i) {
      text += fmt::format("  {}:{}  GPU instance {}, compute instance {}\n", gpu.index, i,
                          gpu.migs[i].gpu_instance, gpu.migs[i].compute_instance);
    }
  }
  TRY(print(text));
  return 0;
}

}  // namespace ocirt::nvidia
