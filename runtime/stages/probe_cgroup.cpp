// Finds out what cgroups this host has and which of them are ours to use. Runs in: creator.
#include "runtime/stages/probe_cgroup.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr const char* kUsualPlace = "/sys/fs/cgroup";
constexpr size_t kFileLimit = 16 << 20;  // bytes; mountinfo of a host full of containers is long

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// --- /proc/self/cgroup: which hierarchies there are, and where we are in them --------------------

struct OwnCgroup {  // a line "4:cpu,cpuacct:/path"; no controllers: the v2 tree
  std::vector<std::string> controllers;
  std::string path;
};

std::vector<OwnCgroup> parse_own_cgroups(std::string_view text) {
  std::vector<OwnCgroup> found;
  for (const std::string& line : split(text, '\n')) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    found.push_back({.controllers = split(line.substr(first + 1, second - first - 1), ','),
                     .path = line.substr(second + 1)});
  }
  return found;
}

// --- where they are mounted ----------------------------------------------------------------------

struct Place {
  std::string mount_point;
  std::string own_path;  // below it
};

std::string below(const std::string& mount_point, const std::string& path) {
  return path == "/" ? mount_point : mount_point + path;
}

// Whether our own cgroup is where it must be if the hierarchy is mounted at `mount_point`, whole.
std::optional<Place> place_at(const std::string& mount_point, const OwnCgroup& own) {
  const sys::CgroupVersion version =
      own.controllers.empty() ? sys::CgroupVersion::V2 : sys::CgroupVersion::V1;
  // ".." is how the kernel shows what lies outside of our cgroup namespace.
  if (own.path.starts_with("/..") || sys::cgroup_version(below(mount_point, own.path)) != version) {
    return std::nullopt;
  }
  return Place{.mount_point = mount_point, .own_path = own.path};
}

// The places that every distribution uses: a name for each hierarchy below /sys/fs/cgroup. One
// statfs tells, so mountinfo, which is long on a host with many containers, needn't be read.
std::optional<Place> usual_place(const OwnCgroup& own) {
  const std::string base = kUsualPlace;
  if (own.controllers.empty()) {
    std::optional<Place> place = place_at(base, own);
    return place ? place : place_at(base + "/unified", own);
  }
  std::string name;
  for (const std::string& controller : own.controllers) {
    name += (name.empty() ? "" : ",") +
            (controller.starts_with("name=") ? controller.substr(5) : controller);
  }
  return place_at(base + "/" + name, own);
}

struct Mount {
  std::string root, mount_point, type;
  std::vector<std::string> options;  // of the file system
};

// mountinfo writes blanks as "\040" (proc_pid_mountinfo(5)).
std::string unescaped(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                  (text[i + 3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

// Those of cgroup file systems.
std::vector<Mount> parse_mounts(std::string_view mountinfo) {
  constexpr size_t kRoot = 3, kMountPoint = 4;
  std::vector<Mount> mounts;
  for (const std::string& line : split(mountinfo, '\n')) {
    const size_t separator = line.find(" - cgroup");
    if (separator == std::string::npos) continue;
    const std::vector<std::string> before = split(std::string_view(line).substr(0, separator), ' ');
    const std::vector<std::string> after = split(std::string_view(line).substr(separator + 3), ' ');
    if (before.size() <= kMountPoint || after.size() < 3) continue;
    mounts.push_back({.root = unescaped(before[kRoot]),
                      .mount_point = unescaped(before[kMountPoint]),
                      .type = after[0],
                      .options = split(after[2], ',')});
  }
  return mounts;
}

bool is_of(const Mount& mount, const OwnCgroup& own) {
  if (own.controllers.empty()) return mount.type == "cgroup2";
  return mount.type == "cgroup" && std::find(mount.options.begin(), mount.options.end(),
                                             own.controllers.front()) != mount.options.end();
}

// A mount may show a part of the tree, as in a container without a cgroup namespace. If we sit
// outside of that part, its top is the best that we can see.
std::optional<Place> place_in(const std::vector<Mount>& mounts, const OwnCgroup& own) {
  for (const Mount& mount : mounts) {
    if (!is_of(mount, own)) continue;
    std::string path = own.path;
    if (mount.root != "/")
      path = path.starts_with(mount.root) ? path.substr(mount.root.size()) : "";
    return Place{.mount_point = mount.mount_point, .own_path = path.empty() ? "/" : path};
  }
  return std::nullopt;
}

// --- version 2 -----------------------------------------------------------------------------------

Result<> add_v2(plan::CgroupFacts& facts, const Place& place) {
  facts.v2_levels = TRY(probe_levels(place.mount_point, place.own_path));
  facts.own_v2_writable = facts.v2_levels.back().writable;
  facts.v2 = plan::CgroupHierarchy{.controllers = facts.v2_levels.back().controllers,
                                   .mount_point = {place.mount_point},
                                   .own_path = place.own_path};
  return {};
}

}  // namespace

Result<std::vector<plan::CgroupLevel>> probe_levels(const std::string& mount_point,
                                                    const std::string& path) {
  std::vector<std::string> paths = {"/"};
  for (size_t at = 1; at < path.size() + 1; ++at) {
    if ((at == path.size() || path[at] == '/') && path != "/") paths.push_back(path.substr(0, at));
  }
  std::vector<plan::CgroupLevel> levels;
  for (const std::string& each : paths) {
    const std::string directory = below(mount_point, each);
    const std::string controllers =
        TRY(sys::read_file(AT_FDCWD, (directory + "/cgroup.controllers").c_str(), kFileLimit));
    levels.push_back(
        {.path = each,
         .controllers = split(std::string_view(controllers).substr(0, controllers.find('\n')), ' '),
         .writable = sys::may_divide_cgroup(directory)});
  }
  return levels;
}

Result<plan::CgroupFacts> probe_cgroups() {
  plan::CgroupFacts facts;
  const std::vector<OwnCgroup> own =
      parse_own_cgroups(TRY(sys::read_file(AT_FDCWD, "/proc/self/cgroup", kFileLimit)));

  std::optional<std::vector<Mount>> mounts;  // read if one isn't where it usually is
  for (const OwnCgroup& each : own) {
    std::optional<Place> place = usual_place(each);
    if (!place) {
      if (!mounts) {
        mounts = parse_mounts(TRY(sys::read_file(AT_FDCWD, "/proc/self/mountinfo", kFileLimit)));
      }
      place = place_in(*mounts, each);
    }
    if (!place) continue;  // mounted nowhere that we could see
    if (each.controllers.empty()) {
      (void)TRY(add_v2(facts, *place));
    } else {
      facts.v1.push_back({.controllers = each.controllers,
                          .mount_point = {place->mount_point},
                          .own_path = place->own_path});
    }
  }
  if (!facts.v1.empty()) {
    facts.layout = facts.v2 ? plan::CgroupLayout::Hybrid : plan::CgroupLayout::V1;
  } else if (facts.v2) {
    facts.layout = plan::CgroupLayout::V2;
  }
  return facts;
}

}  // namespace ocirt::stages
