// What `top` shows of a container's processes: columns by name, read from /proc.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::frontend {

/// The texts that turn numbers into names: of the container, and of the host.
struct NameFiles {
  std::string passwd;
  std::string group;
  std::string host_passwd;
  std::string host_group;
};

/// The columns that words such as "pid,user" and "%C" name; those of podman where there are none.
/// Errors: InvalidConfig for one that isn't known.
Result<std::vector<std::string>> parse_columns(const std::vector<std::string>& words);

/// Titles, and a row for each process that still lives. `columns` as parse_columns() gives them.
std::vector<std::vector<std::string>> process_table(const std::vector<pid_t>& pids,
                                                    const std::vector<std::string>& columns,
                                                    const NameFiles& names);

/// As Go prints durations: "1m2.5s", "3.49ms", "0s".
std::string go_duration(int64_t ns);

}  // namespace ocirt::frontend
