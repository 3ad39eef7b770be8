// Finds the GPUs, their slices, and all device nodes, by /proc, /sys and stat(2).
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>

#include "hooks/nvidia/host/discover.h"
#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

constexpr uint32_t kMajor = 195;  // fixed, of nvidiaN, nvidiactl and nvidia-modeset
constexpr uint32_t kControlMinor = 255;
constexpr uint32_t kModesetMinor = 254;

// May we open it? Asked without opening it (faccessat(2) asks the device cgroup, too).
int access_error(int fd, int mode) {
  return ::faccessat(fd, "", mode, AT_EACCESS | AT_EMPTY_PATH) == 0 ? 0 : errno;
}

Node find_node(const HostView& view, const std::string& path, uint32_t major, uint32_t minor,
               int mode = R_OK | W_OK) {
  Node node{.path = below(view.roots.host, path),
            .destination = path,
            .major = major,
            .minor = minor,
            .access_error = ENOENT};
  const Result<UniqueFd> file = view.host.open({path}, O_PATH);
  struct stat status {};
  if (!file || ::fstat(file->get(), &status) != 0) return node;
  node.mode = status.st_mode & 07777;
  node.uid = status.st_uid;
  node.gid = status.st_gid;
  // A node of another driver's time, or a file that somebody wrote by mistake.
  const bool is_right = S_ISCHR(status.st_mode) && status.st_rdev == ::makedev(major, minor);
  node.access_error = is_right ? access_error(file->get(), mode) : ENODEV;
  return node;
}

// One whose numbers only it itself tells.
Node find_node_as_it_is(const HostView& view, const std::string& path) {
  const Result<struct stat> status = view.host.stat({path});
  const dev_t device = status ? status->st_rdev : 0;
  return find_node(view, path, major(device), minor(device));
}

class DeviceFinder {
 public:
  DeviceFinder(const HostView& view, Driver& driver)
      : view_(view),
        driver_(driver),
        majors_(parse_proc_devices(read_text(view.host, "/proc/devices"))),
        mig_minors_(parse_mig_minors(read_text(view.host, "/proc/driver/nvidia-caps/mig-minors"))) {
  }

  void find_shared_nodes() {
    driver_.control = find_node(view_, "/dev/nvidiactl", kMajor, kControlMinor);
    if (const auto major = majors_.find("nvidia-uvm"); major != majors_.end()) {
      driver_.uvm = find_node(view_, "/dev/nvidia-uvm", major->second, 0);
      driver_.uvm_tools = find_node(view_, "/dev/nvidia-uvm-tools", major->second, 1);
    }
    Node modeset = find_node(view_, "/dev/nvidia-modeset", kMajor, kModesetMinor);
    if (modeset.access_error != ENOENT) driver_.modeset = std::move(modeset);
    driver_.mig_config = capability_node("config");
    driver_.mig_monitor = capability_node("monitor");
    find_imex_channels();
  }

  void find_gpus() {
    for (const std::string& address : names_in(view_.host, kGpus)) {  // sorted, as NVML counts
      const GpuInformation info =
          parse_gpu_information(read_text(view_.host, kGpus + ('/' + address) + "/information"));
      if (!info.minor) continue;
      Gpu gpu{.index = static_cast<uint32_t>(driver_.gpus.size()),
              .minor = *info.minor,
              .pci_address = address,
              .uuid = info.uuid,
              .model = info.model,
              .is_excluded = info.is_excluded};
      gpu.node = find_node(view_, "/dev/nvidia" + std::to_string(gpu.minor), kMajor, gpu.minor);
      for (const std::string& name :
           names_in(view_.host, "/sys/bus/pci/devices/" + address + "/drm")) {
        gpu.dri.push_back(find_node_as_it_is(view_, "/dev/dri/" + name));
      }
      find_migs(gpu);
      driver_.gpus.push_back(std::move(gpu));
    }
  }

 private:
  static constexpr const char* kGpus = "/proc/driver/nvidia/gpus";

  std::optional<Node> capability_node(const std::string& name) {
    const auto major = majors_.find("nvidia-caps");
    const auto minor = mig_minors_.find(name);
    if (major == majors_.end() || minor == mig_minors_.end()) return std::nullopt;
    // To hold it open for reading is the right that it stands for: its mode is 0444.
    return find_node(view_, "/dev/nvidia-caps/nvidia-cap" + std::to_string(minor->second),
                     major->second, minor->second, R_OK);
  }

  // Of the instances that could be, the driver shows those that are.
  void find_migs(Gpu& gpu) {
    const std::string name = "gpu" + std::to_string(gpu.minor);
    const std::string mig = "/proc/driver/nvidia/capabilities/" + name + "/mig";
    for (const std::string& gi_name : names_in(view_.host, mig)) {
      const auto gi = numbered(gi_name, "gi");
      if (!gi) continue;
      for (const std::string& ci_name : names_in(view_.host, mig + '/' + gi_name)) {
        const auto ci = numbered(ci_name, "ci");
        if (!ci) continue;
        auto gi_node = capability_node(name + '/' + gi_name + "/access");
        auto ci_node = capability_node(name + '/' + gi_name + '/' + ci_name + "/access");
        if (!gi_node || !ci_node) continue;
        gpu.migs.push_back({.gpu_instance = *gi,
                            .compute_instance = *ci,
                            .gpu_instance_access = std::move(*gi_node),
                            .compute_instance_access = std::move(*ci_node)});
      }
    }
    std::sort(gpu.migs.begin(), gpu.migs.end(), [](const MigDevice& a, const MigDevice& b) {
      return std::tie(a.gpu_instance, a.compute_instance) <
             std::tie(b.gpu_instance, b.compute_instance);
    });
  }

  void find_imex_channels() {
    const auto major = majors_.find("nvidia-caps-imex-channels");
    if (major == majors_.end()) return;
    const std::string directory = "/dev/nvidia-caps-imex-channels";
    for (const std::string& name : names_in(view_.host, directory)) {
      const auto number = numbered(name, "channel");
      if (!number) continue;
      driver_.imex_channels.push_back(
          find_node(view_, directory + '/' + name, major->second, *number));
    }
  }

  const HostView& view_;
  Driver& driver_;
  const std::map<std::string, uint32_t> majors_;
  const std::map<std::string, uint32_t> mig_minors_;
};

}  // namespace

void find_devices(const HostView& view, Driver& driver) {
  DeviceFinder finder(view, driver);
  finder.find_shared_nodes();
  finder.find_gpus();
}

}  // namespace ocirt::nvidia
