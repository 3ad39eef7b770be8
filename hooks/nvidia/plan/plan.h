// The Plan: what a container gets of the driver. A value: no fd, no pointer; comparable, printable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/path.h"
#include "base/result.h"
#include "hooks/nvidia/plan/driver.h"
#include "hooks/nvidia/plan/loader_cache.h"
#include "hooks/nvidia/plan/request.h"

namespace ocirt::nvidia {

// --- what the plan depends on besides the host and the request -----------------------------------

enum class Libc { None, Glibc, Musl };

/// A newer libcuda that the image brings along (CUDA forward compatibility).
struct CompatFacts {
  std::string directory;            // in the container: "/usr/local/cuda/compat"
  std::string version;              // of its libcuda: "575.57.08"
  std::string note;                 // JSON of the library's note; empty: it has none
  std::vector<CacheEntry> entries;  // its libraries, as the loader's cache names them
  friend bool operator==(const CompatFacts&, const CompatFacts&) = default;
};

/// What an image is like. Everything in it may be an attacker's, so it only ever chooses between
/// places within the image.
struct RootfsFacts {
  /// Where its loader looks without a cache: "/usr/lib/x86_64-linux-gnu" or "/usr/lib64".
  std::string lib_directory = "/usr/lib64";
  std::string lib_directory_32 = "/usr/lib";
  Libc libc = Libc::None;
  std::optional<CompatFacts> compat;
  friend bool operator==(const RootfsFacts&, const RootfsFacts&) = default;
};

// --- the plan --------------------------------------------------------------------------------

/// A node of the host, bound into the container.
struct PlannedDevice {
  HostPath source;
  ContainerPath path;
  uint32_t major = 0;
  uint32_t minor = 0;
  uint32_t mode = 0666;
  uint32_t uid = 0;
  uint32_t gid = 0;
  friend bool operator==(const PlannedDevice&, const PlannedDevice&) = default;
};

enum class MountKind {
  File,    // read-only, nosuid, nodev
  Socket,  // writable, nosuid, nodev, noexec: of a daemon of the driver
};

struct PlannedMount {
  HostPath source;
  ContainerPath destination;
  MountKind kind = MountKind::File;
  friend bool operator==(const PlannedMount&, const PlannedMount&) = default;
};

struct PlannedLink {
  ContainerPath path;
  std::string target;
  friend bool operator==(const PlannedLink&, const PlannedLink&) = default;
};

/// A read-only file of ours, mounted over what is there.
struct PlannedFile {
  ContainerPath path;
  std::string content;
  friend bool operator==(const PlannedFile&, const PlannedFile&) = default;
};

struct Plan {
  std::string driver_version;
  std::vector<uint32_t> gpus;  // their indices on the host
  std::vector<PlannedDevice> devices;
  std::vector<PlannedMount> mounts;
  std::vector<PlannedLink> links;
  std::vector<PlannedFile> files;
  /// What goes in front of the image's entries in /etc/ld.so.cache.
  std::vector<CacheEntry> cache_entries;
  std::string compat_directory;  // of the image's newer libcuda, where it is used; mostly empty
  std::vector<std::string> env;  // "NAME=value"
  std::vector<std::string> warnings;
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// Decides what the container gets. Pure.
///
/// Errors: NotFound for a GPU that is not there; Denied for one that we may not use; Unsupported
/// for an image whose C library or requirements the driver can't meet. Each with a hint.
Result<Plan> make_plan(const Driver& driver, const Request& request, const RootfsFacts& rootfs);

/// The GPUs of a request, and which of their slices.
struct ChosenGpu {
  const Gpu* gpu = nullptr;
  std::vector<const MigDevice*> migs;
};
Result<std::vector<ChosenGpu>> choose_gpus(const Driver& driver, const Request& request,
                                           std::vector<std::string>& warnings);

/// Why a node can't be used, with a hint; success where it can.
Result<> check_node(const Node& node);

/// Does the image's libcuda run on this host's driver, and is it newer?
bool uses_compat(const CompatFacts& compat, std::string_view driver_version);

/// Puts the image's newer libraries in front in the loader's cache, where uses_compat().
void add_compat(const std::optional<CompatFacts>& compat, std::string_view driver_version,
                Plan& plan);

/// Covers the driver's parameters, /proc/driver/nvidia/params, with a copy that forbids its user
/// space to change device nodes. Empty `params`: the container has none.
void mask_params(std::string_view params, Plan& plan);

/// The plan as JSON, in the order in which it is applied.
std::string print_plan(const Plan& plan);

}  // namespace ocirt::nvidia
