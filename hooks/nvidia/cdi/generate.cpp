// Makes a specification of CDI of this host's GPUs.
#include "hooks/nvidia/cdi/generate.h"

#include <string_view>

namespace ocirt::nvidia {

namespace {

#if defined(__aarch64__)
constexpr std::string_view kLibraryDirectories[] = {"/usr/lib/aarch64-linux-gnu", "/usr/lib64"};
#else
constexpr std::string_view kLibraryDirectories[] = {"/usr/lib/x86_64-linux-gnu", "/usr/lib64"};
#endif
constexpr Capabilities kServed = kUtility | kCompute | kVideo;

void add_node(ContainerEdits& edits, const Node& node) {
  if (node.access_error == 0) {
    edits.nodes.push_back({.path = node.destination,
                           .host_path = node.path == node.destination ? "" : node.path,
                           .permissions = "rw"});
  }
}

void add_gpu(ContainerEdits& edits, const Gpu& gpu) {
  add_node(edits, gpu.node);
  for (const MigDevice& mig : gpu.migs) {
    add_node(edits, mig.gpu_instance_access);
    add_node(edits, mig.compute_instance_access);
  }
}

void add_mount(ContainerEdits& edits, const std::string& source, std::string destination,
               bool is_socket = false) {
  std::vector<std::string> options = {"nosuid", "nodev", "bind", "private"};
  options.insert(options.begin(), is_socket ? "noexec" : "ro");
  edits.mounts.push_back({.host_path = source,
                          .container_path = std::move(destination),
                          .options = std::move(options)});
}

void add_files(ContainerEdits& edits, const Driver& driver) {
  for (const Library& library : driver.libraries) {
    if (library.is_32_bit || (library.serves & kServed) == 0) continue;
    for (const std::string_view directory : kLibraryDirectories) {
      std::string place(directory);
      if (!library.subdirectory.empty()) place += '/' + library.subdirectory;
      add_mount(edits, library.path, place + '/' + library.name);
      const bool has_link = !library.soname.empty() && library.soname != library.name &&
                            library.soname.find('/') == std::string::npos;
      if (has_link) add_mount(edits, library.path, place + '/' + library.soname);
      if (library.name.starts_with("libcuda.so.")) {
        add_mount(edits, library.path, place + "/libcuda.so");
      }
    }
  }
  for (const DriverFile& file : driver.files) {
    if ((file.serves & kServed) != 0) add_mount(edits, file.path, file.destination);
  }
  for (const DriverFile& socket : driver.sockets) {
    add_mount(edits, socket.path, socket.destination, /*is_socket=*/true);
  }
}

CdiHook live_hook(const HostRoots& roots, const std::string& hook_path) {
  CdiHook hook{.name = "createContainer",
               .path = hook_path,
               .args = {"ocirt-nvidia-hook", "--gpus", "none", "--without-devices"},
               .env = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}};
  if (roots.host.text != "/") hook.args.insert(hook.args.end(), {"--host", roots.host.text});
  if (roots.driver.text != "/") {
    hook.args.insert(hook.args.end(), {"--driver-root", roots.driver.text});
  }
  hook.args.emplace_back("createContainer");
  return hook;
}

}  // namespace

CdiSpec make_cdi(const Driver& driver, const HostRoots& roots, CdiForm form,
                 const std::string& hook_path) {
  // 0.5.0: names that begin with a digit, and hostPath. An older engine refuses a newer version.
  CdiSpec spec{.version = "0.5.0", .kind = "nvidia.com/gpu"};
  spec.edits.env = {"NVIDIA_VISIBLE_DEVICES=void"};  // for hooks that would give them again
  add_node(spec.edits, driver.control);
  if (driver.uvm) add_node(spec.edits, *driver.uvm);
  if (driver.uvm_tools) add_node(spec.edits, *driver.uvm_tools);
  if (driver.modeset) add_node(spec.edits, *driver.modeset);
  if (form == CdiForm::HookFree) {
    add_files(spec.edits, driver);
  } else {
    spec.edits.hooks = {live_hook(roots, hook_path)};
  }
  CdiDevice all{.name = "all"};
  for (const Gpu& gpu : driver.gpus) {
    if (gpu.is_excluded || gpu.node.access_error != 0) continue;
    CdiDevice device{.name = std::to_string(gpu.index)};
    add_gpu(device.edits, gpu);
    add_gpu(all.edits, gpu);
    spec.devices.push_back(device);
    if (!gpu.uuid.empty()) spec.devices.push_back({.name = gpu.uuid, .edits = device.edits});
    for (size_t i = 0; i < gpu.migs.size(); ++i) {
      CdiDevice slice{.name = device.name + ':' + std::to_string(i)};
      add_node(slice.edits, gpu.node);
      add_node(slice.edits, gpu.migs[i].gpu_instance_access);
      add_node(slice.edits, gpu.migs[i].compute_instance_access);
      spec.devices.push_back(std::move(slice));
    }
  }
  if (!all.edits.nodes.empty()) spec.devices.push_back(std::move(all));
  return spec;
}

}  // namespace ocirt::nvidia
