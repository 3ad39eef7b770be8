// The mounts that a process sees: /proc/PID/mountinfo, read. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocirt::plan {

/// A line of mountinfo (proc(5)).
struct MountedTree {
  int id = 0;
  int parent = 0;
  std::string device;       // "8:1": of the file system
  std::string root;         // what of the file system is mounted: "/", "/srv/data"
  std::string mount_point;  // as the process sees it
  std::string type;         // "tmpfs"
  friend bool operator==(const MountedTree&, const MountedTree&) = default;
};

/// In the order of the file. A line that makes no sense is left out.
std::vector<MountedTree> parse_mount_table(std::string_view mountinfo);

}  // namespace ocirt::plan
