// A specification of CDI, the Container Device Interface: what any vendor's device needs in a
// container. Versions 0.3 to 1.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "spec/config.h"

namespace ocirt::nvidia {

struct CdiNode {
  std::string path;       // in the container
  std::string host_path;  // empty: the same
  std::string type;       // "c", "b", "p"; empty: that of the host's
  std::optional<int64_t> major;
  std::optional<int64_t> minor;
  std::optional<uint32_t> file_mode;
  std::string permissions;  // "rwm" in parts; empty: all
  std::optional<uint32_t> uid;
  std::optional<uint32_t> gid;
  friend bool operator==(const CdiNode&, const CdiNode&) = default;
};

struct CdiMount {
  std::string host_path;
  std::string container_path;
  std::vector<std::string> options;
  std::string type;
  friend bool operator==(const CdiMount&, const CdiMount&) = default;
};

struct CdiHook {
  std::string name;  // "createContainer"
  std::string path;
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::optional<int32_t> timeout;  // seconds
  friend bool operator==(const CdiHook&, const CdiHook&) = default;
};

/// A network interface of the host that moves into the container.
struct CdiNetDevice {
  std::string host_name;
  std::string name;
  friend bool operator==(const CdiNetDevice&, const CdiNetDevice&) = default;
};

struct ContainerEdits {
  std::vector<std::string> env;  // "NAME=value"
  std::vector<CdiNode> nodes;
  std::vector<CdiMount> mounts;
  std::vector<CdiHook> hooks;
  std::vector<CdiNetDevice> net_devices;
  std::optional<spec::IntelRdt> intel_rdt;
  std::vector<uint32_t> additional_gids;
  friend bool operator==(const ContainerEdits&, const ContainerEdits&) = default;
};

struct CdiDevice {
  std::string name;
  ContainerEdits edits;
  friend bool operator==(const CdiDevice&, const CdiDevice&) = default;
};

struct CdiSpec {
  std::string version;  // "0.5.0"
  std::string kind;     // "nvidia.com/gpu"
  std::vector<CdiDevice> devices;
  ContainerEdits edits;               // of every container that gets any of them
  std::vector<std::string> warnings;  // what this reader doesn't know, and passes over
  friend bool operator==(const CdiSpec&, const CdiSpec&) = default;
};

/// Reads a specification, JSON or YAML. Fields that are new to us are told of in `warnings`, since
/// a newer version of a file is better than none.
///
/// Errors: InvalidConfig, naming the field.
Result<CdiSpec> parse_cdi(std::string_view text);

/// As JSON, which every reader takes.
std::string format_cdi(const CdiSpec& spec);

/// "vendor.com/class=name" in its parts; nothing for other words.
struct CdiName {
  std::string kind;
  std::string device;
  friend bool operator==(const CdiName&, const CdiName&) = default;
};
std::optional<CdiName> parse_cdi_name(std::string_view text);

}  // namespace ocirt::nvidia
