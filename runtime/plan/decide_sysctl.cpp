// Decides which kernel parameters are set: only those of the container's own namespaces. Pure.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "runtime/plan/names.h"
#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kSection = "config-linux.md#sysctl";

/// The path below /proc/sys. As sysctl(8) has it, whichever of "." and "/" comes first separates,
/// and the other belongs to the names: "net/ipv4/conf/eth0.100/forwarding".
std::string path_of(std::string_view name) {
  std::string path(name);
  const size_t first = path.find_first_of("./");
  if (first == std::string::npos || path[first] == '/') return path;
  for (char& byte : path) {
    if (byte == '.') {
      byte = '/';
    } else if (byte == '/') {
      byte = '.';
    }
  }
  return path;
}

bool is_plain(std::string_view path) {
  const std::vector<std::string_view> parts = split(path, '/');
  return std::none_of(parts.begin(), parts.end(), [](std::string_view part) {
    return part.empty() || part == "." || part == "..";
  });
}

struct Owner {
  uint64_t clone_flag = 0;
  std::string_view namespace_type;
};

/// The namespace that the parameter belongs to; without a type where it is the whole host's.
Owner owner_of(std::string_view path) {
  constexpr std::array<std::string_view, 9> kIpc = {
      "kernel/msgmax", "kernel/msgmnb",          "kernel/msgmni",
      "kernel/sem",    "kernel/shmall",          "kernel/shmmax",
      "kernel/shmmni", "kernel/shm_rmid_forced", "kernel/auto_msgmni",
  };
  if (std::find(kIpc.begin(), kIpc.end(), path) != kIpc.end() || path.starts_with("fs/mqueue/")) {
    return {CLONE_NEWIPC, "ipc"};
  }
  if (path.starts_with("net/")) return {CLONE_NEWNET, "network"};
  if (path == "kernel/domainname" || path == "kernel/hostname") return {CLONE_NEWUTS, "uts"};
  if (path.starts_with("user/")) return {CLONE_NEWUSER, "user"};
  return {};
}

}  // namespace

Result<std::vector<Sysctl>> decide_sysctls(const spec::Config& config) {
  std::vector<Sysctl> plan;
  for (const auto& [name, value] : config.linux_->sysctl) {
    std::string path = path_of(name);
    const std::string pointer = "/linux/sysctl/" + name;
    if (!is_plain(path)) {
      return config_error(ErrorKind::InvalidConfig, pointer, "is no name of a kernel parameter",
                          kSection);
    }
    const Owner owner = owner_of(path);
    if (owner.namespace_type.empty()) {
      return config_error(ErrorKind::InvalidConfig, pointer,
                          "belongs to no namespace: it would be set for the whole host", kSection);
    }
    if (use_of(config, owner.clone_flag) == NamespaceUse::Inherited) {
      return config_error(ErrorKind::InvalidConfig, pointer,
                          "there is no \"" + std::string(owner.namespace_type) +
                              "\" namespace: it would be set for the whole host",
                          kSection);
    }
    // It would win over `hostname`, which engines believe to have set.
    if (path == "kernel/hostname") {
      return config_error(ErrorKind::InvalidConfig, pointer, "is set by the field `hostname`",
                          kSection);
    }
    plan.push_back({.path = std::move(path), .value = value});
  }
  return plan;
}

}  // namespace ocirt::plan
