// Makes the container's cgroups with their limits, and puts processes into them. Runs in: creator.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "runtime/stages/cgroup.h"
#include "runtime/stages/cgroup_controllers.h"
#include "runtime/stages/cgroup_devices.h"
#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr size_t kFileLimit = 1 << 20;  // bytes

std::string full_path(const plan::CgroupDirectory& directory) {
  return directory.mount_point.text + directory.path;
}

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

bool has_controller(const plan::CgroupDirectory& directory, std::string_view name) {
  return std::find(directory.controllers.begin(), directory.controllers.end(), name) !=
         directory.controllers.end();
}

// Removes the directories that were made, the last one first, unless they are kept.
class MadeDirectories {
 public:
  MadeDirectories() = default;
  MadeDirectories(const MadeDirectories&) = delete;
  MadeDirectories& operator=(const MadeDirectories&) = delete;
  ~MadeDirectories() {
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path)
      sys::remove_empty_cgroup(*path);
  }

  /// True if it was made, false if it was there.
  Result<bool> make(const std::string& path) {
    const bool made = TRY(sys::make_cgroup(path));
    if (made) paths_.push_back(path);
    return made;
  }

  void keep() { paths_.clear(); }

 private:
  std::vector<std::string> paths_;
};

// --- one directory -----------------------------------------------------------------------------

// What is there already must be free: our limits would bind its processes, and our delete kill
// them.
Result<> check_unused(const plan::CgroupDirectory& directory, const std::string& path) {
  const UniqueFd cgroup = TRY(sys::open_cgroup(AT_FDCWD, path));
  std::vector<pid_t> pids;
  (void)TRY(sys::add_cgroup_pids(cgroup.get(), pids));
  bool populated = !pids.empty();
  if (directory.v2 && !populated) {
    // Processes that our pid namespace doesn't see have no number in the list.
    populated = sys::cgroup_value(TRY(sys::read_file(cgroup.get(), "cgroup.events", kFileLimit)),
                                  "populated") == "1";
  }
  if (!populated) return {};
  return make_error(ErrorKind::AlreadyExists,
                    "cgroup " + path + " holds processes of somebody else" +
                        (pids.empty() ? "" : " (pid " + std::to_string(pids.front()) + ")"))
      .with_hint("give the container a linux.cgroupsPath of its own");
}

// Makes the parents that are missing, and the directory. The usual case, where only it is missing,
// is one call. False if it was there.
Result<bool> make_directory(const plan::CgroupDirectory& directory, MadeDirectories& made) {
  const std::string path = full_path(directory);
  Result<bool> result = made.make(path);
  if (!result && result.error().errno_value == ENOENT) {
    for (size_t end = directory.path.find('/', 1); end != std::string::npos;
         end = directory.path.find('/', end + 1)) {
      (void)TRY(made.make(directory.mount_point.text + directory.path.substr(0, end)));
    }
    result = made.make(path);
  }
  return result;
}

// A v1 cpuset is made without processors and memory nodes, and takes no process until it has both:
// it gets its parent's, which for parents that we didn't make may have to be filled first.
Result<> fill_cpuset(const std::string& mount_point, const std::string& path) {
  const UniqueFd cgroup = TRY(sys::open_cgroup(AT_FDCWD, mount_point + path));
  for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
    if (TRY(sys::read_file(cgroup.get(), file, kFileLimit)) != "\n") continue;
    const std::string parent = parent_of(path);
    // The hierarchy's root always has both.
    if (!parent.empty()) (void)TRY(fill_cpuset(mount_point, parent));
    const std::string value =
        TRY(sys::read_file(AT_FDCWD, (mount_point + parent + "/" + file).c_str(), kFileLimit));
    (void)TRY(sys::write_existing(cgroup.get(), file, value));
  }
  return {};
}

// --- limits ------------------------------------------------------------------------------------

// One file of a cgroup, kept open while several lines go to it.
class OpenFile {
 public:
  Result<int> open(const plan::CgroupDirectory& directory, size_t index, const std::string& name) {
    if (fd_ && index == index_ && name == name_) return fd_.get();
    fd_ = TRY(sys::open_at(AT_FDCWD, (full_path(directory) + "/" + name).c_str(), O_WRONLY));
    index_ = index;
    name_ = name;
    return fd_.get();
  }

 private:
  UniqueFd fd_;
  size_t index_ = 0;
  std::string name_;
};

Result<> apply_write(std::span<const plan::CgroupDirectory> directories,
                     const plan::CgroupWrite& write, OpenFile& file) {
  const plan::CgroupDirectory& directory = directories[write.directory];
  Result<int> fd = file.open(directory, write.directory, write.file);
  const std::string* name = &write.file;
  const std::string* value = &write.value;
  if (!fd && fd.error().errno_value == ENOENT) {
    if (!write.other_file.empty()) {
      name = &write.other_file;
      value = &write.other_value;
      fd = file.open(directory, write.directory, *name);
    }
    if (!fd && fd.error().errno_value == ENOENT && write.optional) return {};
  }
  const std::string what = "write \"" + *value + "\" to " + full_path(directory) + "/" + *name;
  if (!fd) {
    const int error = fd.error().errno_value;
    if (error != ENOENT) return system_error(error, what);
    return make_error(ErrorKind::Unsupported, what + ": this kernel has no such setting");
  }
  if (::write(*fd, value->data(), value->size()) < 0) return system_error(errno, what);
  return {};
}

}  // namespace

// --- public --------------------------------------------------------------------------------------

Result<> apply_resources(std::span<const plan::CgroupDirectory> directories,
                         std::span<const plan::CgroupWrite> writes) {
  OpenFile file;
  for (const plan::CgroupWrite& write : writes) (void)TRY(apply_write(directories, write, file));
  return {};
}

Result<CgroupHandles> open_cgroup(std::span<const plan::CgroupDirectory> directories,
                                  bool clone_into) {
  CgroupHandles handles;
  for (const plan::CgroupDirectory& directory : directories) {
    const std::string path = full_path(directory);
    UniqueFd procs;
    if (directory.v2 && clone_into) {
      handles.v2 = TRY(sys::open_cgroup(AT_FDCWD, path));
    } else {
      procs = TRY(sys::open_at(AT_FDCWD, (path + "/cgroup.procs").c_str(), O_WRONLY));
    }
    handles.procs.push_back(std::move(procs));
  }
  return handles;
}

bool follow_into_v2(std::vector<plan::CgroupDirectory>& directories, pid_t pid) {
  const Result<std::string> text =
      sys::read_file(AT_FDCWD, ("/proc/" + std::to_string(pid) + "/cgroup").c_str(), kFileLimit);
  if (!text) return false;
  constexpr std::string_view kV2 = "0::";
  for (size_t at = 0; at < text->size();) {
    const size_t end = std::min(text->find('\n', at), text->size());
    const std::string path = text->substr(at, end - at);
    at = end + 1;
    if (!path.starts_with(kV2)) continue;
    for (plan::CgroupDirectory& directory : directories) {
      if (!directory.v2 || !path.substr(kV2.size()).starts_with(directory.path + "/")) continue;
      directory.path = path.substr(kV2.size());
      return true;
    }
  }
  return false;
}

Result<> make_unshared_directory(const plan::CgroupDirectory& directory) {
  MadeDirectories made;
  TRY(make_directory(directory, made));
  if (!directory.v2 && has_controller(directory, "cpuset")) {
    TRY(fill_cpuset(directory.mount_point.text, directory.path));
  }
  made.keep();
  return {};
}

Result<CgroupHandles> make_cgroup(const plan::CgroupPlan& plan) {
  MadeDirectories made;
  bool has_device_list = false;  // v1 has one, which `writes` fill
  for (const plan::CgroupDirectory& directory : plan.directories) {
    if (!TRY(make_directory(directory, made))) TRY(check_unused(directory, full_path(directory)));
    if (directory.v2) {
      (void)TRY(
          hand_down_controllers(directory, plan.enabled_controllers, plan.accounted_controllers));
    } else {
      has_device_list = has_device_list || has_controller(directory, "devices");
      if (has_controller(directory, "cpuset")) {
        (void)TRY(fill_cpuset(directory.mount_point.text, directory.path));
      }
    }
  }
  (void)TRY(apply_resources(plan.directories, plan.writes));

  CgroupHandles handles = TRY(open_cgroup(plan.directories, plan.clone_into));
  if (handles.v2) {
    if (plan.device_filter && !has_device_list) {
      (void)TRY(install_device_filter(handles.v2.get(), *plan.device_filter));
    }
    if (plan.owner) (void)TRY(sys::give_cgroup(handles.v2.get(), *plan.owner));
  }
  handles.delegated = TRY(make_delegated_cgroup(plan));
  made.keep();
  return handles;
}

Result<> enter_cgroup(std::span<const plan::CgroupDirectory> directories,
                      const CgroupHandles& handles, pid_t pid) {
  const std::string number = std::to_string(pid);
  for (size_t i = 0; i < handles.procs.size(); ++i) {
    if (!handles.procs[i]) continue;
    if (write(handles.procs[i].get(), number.data(), number.size()) < 0) {
      return system_error(errno,
                          "move process " + number + " into cgroup " + full_path(directories[i]));
    }
  }
  return {};
}

}  // namespace ocirt::stages
