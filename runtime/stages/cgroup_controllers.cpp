// Hands v2 controllers down to the container's cgroup. Runs in: creator.
#include "runtime/stages/cgroup_controllers.h"

#include <fcntl.h>

#include <cerrno>
#include <string_view>

#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr size_t kFileLimit = 1 << 16;  // bytes

std::string spelled(const std::vector<std::string>& controllers) {
  std::string text;
  for (const std::string& name : controllers) text += (text.empty() ? "+" : " +") + name;
  return text;
}

// 0, or the errno.
int enable(const std::string& cgroup, const std::vector<std::string>& controllers) {
  const Result<> written = sys::write_existing(
      AT_FDCWD, (cgroup + "/cgroup.subtree_control").c_str(), spelled(controllers));
  return written ? 0 : written.error().errno_value;
}

// Every cgroup from the mount point to the parent of `directory`, the highest first.
std::vector<std::string> ancestors(const plan::CgroupDirectory& directory) {
  std::vector<std::string> paths = {directory.mount_point.text};
  for (size_t end = directory.path.find('/', 1); end != std::string::npos;
       end = directory.path.find('/', end + 1)) {
    paths.push_back(directory.mount_point.text + directory.path.substr(0, end));
  }
  return paths;
}

bool has(const std::string& cgroup, std::string_view controller) {
  Result<std::string> list =
      sys::read_file(AT_FDCWD, (cgroup + "/cgroup.controllers").c_str(), kFileLimit);
  if (!list) return false;
  const std::string words = " " + list->substr(0, list->find('\n')) + " ";
  return words.find(" " + std::string(controller) + " ") != std::string::npos;
}

// A cgroup with processes in it can't hand controllers down. The kernel says so for memory and io;
// but it takes cpu and pids, and makes the cgroups below unfit for processes ("domain invalid",
// cgroups(7)), so that a clone into them fails. The root of the tree may; it has no cgroup.type.
bool can_hand_down(const std::string& cgroup) {
  if (!sys::read_file(AT_FDCWD, (cgroup + "/cgroup.type").c_str(), kFileLimit)) return true;
  const Result<std::string> members =
      sys::read_file(AT_FDCWD, (cgroup + "/cgroup.procs").c_str(), kFileLimit);
  return members && members->empty();
}

// Says what stopped `controller`, whose turn failed with `error` at the parent.
Error explain(const std::vector<std::string>& path, const std::string& controller, int error) {
  const std::string& parent = path.back();
  for (const std::string& level : path) {
    if (has(level, controller)) continue;
    if (level == path.front()) {
      return make_error(ErrorKind::Unsupported,
                        "this host has no " + controller + " controller in " + level);
    }
    return make_error(ErrorKind::Denied, "the " + controller + " controller is not delegated to " +
                                             parent + " (stopped at " + level + ")")
        .with_hint("ask the administrator for: echo +" + controller + " >" +
                   level.substr(0, level.rfind('/')) +
                   "/cgroup.subtree_control; for sessions of systemd: Delegate=" + controller +
                   " in user@.service");
  }
  if (error == EBUSY) {
    return system_error(error, "the cgroup " + parent + " can't hand down the " + controller +
                                   " controller while processes are in it")
        .with_hint("set linux.cgroupsPath to a cgroup whose parent holds no processes");
  }
  return system_error(error, "hand down the " + controller + " controller in " + parent);
}

}  // namespace

Result<> hand_down_controllers(const plan::CgroupDirectory& directory,
                               const std::vector<std::string>& required,
                               const std::vector<std::string>& wanted) {
  if (required.empty() && wanted.empty()) return {};
  const std::vector<std::string> path = ancestors(directory);
  std::vector<std::string> all = required;
  all.insert(all.end(), wanted.begin(), wanted.end());

  if (!can_hand_down(path.back())) {
    if (required.empty()) return {};
    return explain(path, required.front(), EBUSY);
  }
  const int error = enable(path.back(), all);
  if (error == 0) return {};
  // ENOENT: the parent doesn't have one of them itself. Anything else, nothing above could mend.
  if (error == ENOENT) {
    for (const std::string& level : path) {
      if (!can_hand_down(level)) continue;
      for (const std::string& name : all) (void)enable(level, {name});  // told below, if it matters
    }
  }
  for (const std::string& name : required) {
    if (const int reason = enable(path.back(), {name}); reason != 0) {
      return explain(path, name, reason);
    }
  }
  return {};
}

}  // namespace ocirt::stages
