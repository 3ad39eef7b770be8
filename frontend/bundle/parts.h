// The parts of a config, each in a file of its name. For make_config.cpp alone. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/bundle/host_view.h"
#include "frontend/bundle/parse_words.h"
#include "frontend/bundle/settings.h"
#include "frontend/model/record.h"

namespace ocirt::bundle {

struct Input {
  const model::Record& record;
  const HostView& host;
  const Settings& settings;
};

/// Where the payload's namespaces come from.
struct Namespaces {
  enum class Source { Own, Host, Path };
  struct One {
    Source source = Source::Own;
    std::string path;
  };
  One user, pid, ipc, uts, network, cgroup;
};

Result<Namespaces> decide_namespaces(const Input& input);       // namespaces.cpp
nlohmann::json print_namespaces(const Namespaces& namespaces);  // namespaces.cpp
/// Writes uidMappings and gidMappings where the container has a user namespace of its own.
Result<> add_id_mappings(const Input& input, const Namespaces& namespaces,
                         nlohmann::json& linux_part);

Result<nlohmann::json> make_process(const Input& input,
                                    const Namespaces& namespaces);  // process.cpp
Result<nlohmann::json> make_mounts(const Input& input, const Namespaces& namespaces);  // mounts.cpp
Result<nlohmann::json> make_resources(const Input& input);  // resources.cpp
Result<nlohmann::json> make_devices(const Input& input);    // devices.cpp
/// Rules of the device cgroup, in their order.
Result<nlohmann::json> make_device_rules(const Input& input);

/// Bounding set: "CAP_CHOWN", ..., sorted.
Result<std::vector<std::string>> decide_capabilities(const Input& input);  // security.cpp
/// Null: unconfined.
Result<nlohmann::json> make_seccomp(const Input& input, const std::vector<std::string>& caps);
/// What is hidden and what is read-only below /proc and /sys.
void add_masks(const Input& input, nlohmann::json& linux_part);

/// "CAP_NET_ADMIN" of "net_admin".
std::string capability_name(std::string_view text);

/// Where --init's program is seen in the container.
inline constexpr const char* kInitPath = "/run/podman-init";

/// The value of a --security-opt, or nothing: "label=..." by "label".
std::optional<std::string> find_security_option(const Input& input, std::string_view name);
bool has_security_option(const Input& input, std::string_view name);

/// As network::host_name_of() has it, which writes /etc/hostname.
std::string host_name_of(const Input& input);  // namespaces.cpp

/// Device names of CDI: they have a '/' before their first '=' and don't begin with one.
bool is_cdi_name(std::string_view device);

}  // namespace ocirt::bundle
