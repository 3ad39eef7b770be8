// Reads the text files that facts about the host stand in: of /proc and /etc. Calls nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/host_facts.h"
#include "spec/config.h"

namespace ocirt::stages {

/// The part of /proc/self/status that we use (proc_pid_status(5)).
struct ProcessStatus {
  uint32_t euid = 0;
  uint32_t egid = 0;
  std::vector<uint32_t> groups;
  uint64_t effective_capabilities = 0;
  uint64_t bounding_capabilities = 0;
  friend bool operator==(const ProcessStatus&, const ProcessStatus&) = default;
};

/// No value when a line is missing or isn't as the kernel writes it.
std::optional<ProcessStatus> parse_process_status(std::string_view text);

/// /proc/self/uid_map or gid_map (user_namespaces(7)).
std::optional<std::vector<spec::IdMapping>> parse_id_map(std::string_view text);

/// The ranges that /etc/subuid or /etc/subgid grants to the user with this id or login name
/// (subuid(5)). Lines that make no sense are passed over, as newuidmap does.
std::vector<plan::SubordinateRange> parse_subordinate_ids(std::string_view text, uint32_t uid,
                                                          std::string_view login);

/// The login name of `uid` in the text of /etc/passwd; empty when it has none.
std::string find_login(std::string_view passwd, uint32_t uid);

}  // namespace ocirt::stages
