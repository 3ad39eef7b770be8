// What discovery found: the driver's files and the GPUs of this host. Pure data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ocirt::nvidia {

/// Sets of NVIDIA_DRIVER_CAPABILITIES: bits of Capability.
using Capabilities = uint32_t;
enum Capability : Capabilities {
  kUtility = 1,
  kCompute = 2,
  kVideo = 4,
  kGraphics = 8,
  kDisplay = 16,
  kNgx = 32,
  kCompat32 = 64,
};
constexpr Capabilities kAllCapabilities = 127;

/// A library of the driver.
struct Library {
  std::string path;    // on the host, without links: "/usr/lib/x86_64-linux-gnu/libcuda.so.580.1"
  std::string name;    // as it is called in the container: "libcuda.so.580.1"
  std::string soname;  // DT_SONAME; empty: none
  std::string subdirectory;  // of the container's library directory: "vdpau"; mostly empty
  Capabilities serves = 0;   // any of these asks for it
  bool is_32_bit = false;
  friend bool operator==(const Library&, const Library&) = default;
};

/// Any other file or socket of the host that goes where it is on the host, or in /usr/bin.
struct DriverFile {
  std::string path;         // on the host
  std::string destination;  // in the container
  Capabilities serves = 0;
  friend bool operator==(const DriverFile&, const DriverFile&) = default;
};

/// A device node of the host.
struct Node {
  std::string path;         // on the host
  std::string destination;  // in the container: "/dev/nvidia0"
  uint32_t major = 0;
  uint32_t minor = 0;
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  /// 0: we may open it. EPERM: the device cgroup forbids it. EACCES: its mode does. ENOENT: it is
  /// not there, and the numbers tell what it would have to be.
  int access_error = 0;
  friend bool operator==(const Node&, const Node&) = default;
};

/// A slice of a GPU (MIG): a GPU instance and a compute instance in it.
struct MigDevice {
  uint32_t gpu_instance = 0;
  uint32_t compute_instance = 0;
  std::string uuid = {};     // "MIG-..."; empty until it is asked for, since /proc doesn't have it
  Node gpu_instance_access;  // /dev/nvidia-caps/nvidia-capM
  Node compute_instance_access;
  friend bool operator==(const MigDevice&, const MigDevice&) = default;
};

struct Gpu {
  uint32_t index = 0;  // as nvidia-smi counts: by PCI address
  uint32_t minor = 0;
  std::string pci_address;  // "0000:19:00.0"
  std::string uuid;         // "GPU-..."; empty: the driver does not know it yet
  std::string model;
  bool is_excluded = false;  // the administrator took it out of use
  Node node;                 // /dev/nvidiaN
  std::vector<Node> dri;     // /dev/dri/card1, /dev/dri/renderD128
  std::vector<MigDevice> migs;
  friend bool operator==(const Gpu&, const Gpu&) = default;
};

/// A host's NVIDIA driver.
struct Driver {
  std::string version;  // of the kernel module: "580.159.03"
  std::string root;     // where its user space is: "/", or a driver container's root
  std::vector<Library> libraries;
  std::vector<DriverFile> files;    // programs and configuration
  std::vector<DriverFile> sockets;  // of its daemons
  Node control;                     // /dev/nvidiactl
  std::optional<Node> uvm;          // /dev/nvidia-uvm; absent: its module is not loaded
  std::optional<Node> uvm_tools;
  std::optional<Node> modeset;
  std::vector<Node> imex_channels;
  std::optional<Node> mig_config;   // /dev/nvidia-caps/nvidia-cap1
  std::optional<Node> mig_monitor;  // /dev/nvidia-caps/nvidia-cap2
  std::vector<Gpu> gpus;
  /// /proc/driver/nvidia/params lies on the kernel's own procfs, so a container's has it, too.
  std::optional<std::string> params;
  /// Versions of libcuda that lie beside, and are not the loaded module's: "570.124.06".
  std::vector<std::string> other_versions;
  friend bool operator==(const Driver&, const Driver&) = default;
};

}  // namespace ocirt::nvidia
