// What a container asks for: --gpus, annotations and NVIDIA_* variables become a Request. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/nvidia/plan/driver.h"
#include "hooks/nvidia/plan/requirement.h"
#include "hooks/nvidia/plan/settings.h"

namespace ocirt::nvidia {

/// The annotation by which a user, through an engine, asks for GPUs. Its value is that of --gpus.
constexpr const char* kGpusAnnotation = "io.ocirt.gpus";

/// The same for devices of CDI, any vendor's: "vendor.com/class=name", with commas between.
constexpr const char* kDevicesAnnotation = "io.ocirt.devices";

/// Where specifications of CDI are, with colons between, instead of the usual directories.
constexpr const char* kCdiDirectories = "io.ocirt.cdi_spec_dirs";

enum class GpuSelection {
  None,      // the driver's files, but no GPU
  All,       // every GPU that this process may use
  First,     // so many of them
  Selected,  // those named
};

struct Request {
  GpuSelection selection = GpuSelection::None;
  uint32_t count = 0;  // of First
  /// Of Selected: an index, "GPU-...", a PCI address, "gpu:mig", or "MIG-...".
  std::vector<std::string> devices;
  Capabilities capabilities = kUtility | kCompute;
  std::vector<Requirement> requirements;
  std::vector<uint32_t> imex_channels;
  bool lacks_channels = false;  // the image names some, which nobody granted
  bool mig_config = false;
  bool mig_monitor = false;
  bool uses_compat = true;  // the image's newer libcuda, where it runs on the host's driver
  friend bool operator==(const Request&, const Request&) = default;
};

/// Reads the value of --gpus: "all", "none", "0", "0,1", "GPU-...", "count=2", "imex=0", and
/// docker's `"device=0,1",capabilities=...`, in which quotes hold a comma together. As podman has
/// it, a bare number is an index.
Result<Request> parse_gpus(std::string_view value);

/// NVIDIA_DRIVER_CAPABILITIES: "all", or a list with commas. Errors: InvalidConfig for a word that
/// is none.
Result<Capabilities> parse_capabilities(std::string_view value);

/// What may decide that a container gets GPUs.
enum class Trust {
  /// The annotation alone. An image brings NVIDIA_VISIBLE_DEVICES=all along; nobody asked for it.
  Annotation,
  /// The container's environment as well: who installed the hook wants it so.
  Environment,
};

struct RequestSource {
  std::optional<std::string> annotation;  // of kGpusAnnotation
  std::span<const std::string> env;       // "NAME=value", of the container
  Trust trust = Trust::Annotation;
  /// The container has CAP_SYS_ADMIN: it may change the slices of GPUs.
  bool is_privileged = false;
  /// The names of the container's mounts below /var/run/nvidia-container-devices: as schedulers of
  /// Kubernetes ask for devices, where the settings allow it.
  std::vector<std::string> mounts;
  Settings settings = {};
};

/// The request of a container; nothing where it asks for none. NVIDIA_VISIBLE_DEVICES=void says
/// that somebody else has given the GPUs already.
Result<std::optional<Request>> find_request(const RequestSource& source);

/// The last value of a variable in "NAME=value" strings.
std::optional<std::string_view> find_variable(std::span<const std::string> env,
                                              std::string_view name);

}  // namespace ocirt::nvidia
