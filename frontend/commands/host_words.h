// Words about this host and its programs, which several verbs show.
#pragma once

#include <cstdint>
#include <string>

namespace ocirt::frontend {

/// "amd64", "arm64", ...
std::string go_architecture();

/// The first line of what `program --version` says, or the program's path.
std::string first_line_of(const std::string& program);

/// The value of a key in /etc/os-release, without quotes.
std::string os_release(const std::string& key);

/// "ext4", "nfs", ..., or the number of the file system that `path` lies on.
std::string file_system_name(const std::string& path);

/// A line "KEY:   NUMBER kB" of /proc/meminfo in bytes.
uint64_t memory_info(const std::string& key);

}  // namespace ocirt::frontend
