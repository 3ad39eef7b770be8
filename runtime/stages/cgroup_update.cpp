// Changes the limits of a container that exists. Runs in: the process of update.
#include "runtime/stages/cgroup_update.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/stages/cgroup.h"
#include "runtime/stages/cgroup_controllers.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

using Directories = std::span<const plan::CgroupDirectory>;

constexpr size_t kFileLimit = 1 << 20;  // bytes

// A file that was written, and what it said before.
struct Changed {
  std::string path;
  std::string before;  // empty: it holds more than one value, which can't be written back
};

std::string path_of(const plan::CgroupDirectory& directory, const std::string& file) {
  return directory.mount_point.text + directory.path + "/" + file;
}

// Files with a line for each device say nothing of the devices that they have no line for.
bool holds_one_value(std::string_view file, std::string_view text) {
  for (const std::string_view prefix : {"io.", "blkio.", "rdma.", "misc.", "net_prio."}) {
    if (file.starts_with(prefix)) return false;
  }
  return std::count(text.begin(), text.end(), '\n') <= 1;
}

// The file that apply_resources() will take of the two.
Changed remember(Directories directories, const plan::CgroupWrite& write) {
  const plan::CgroupDirectory& directory = directories[write.directory];
  for (const std::string& file : {write.file, write.other_file}) {
    if (file.empty()) continue;
    const std::string path = path_of(directory, file);
    const Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), kFileLimit);
    if (!text) continue;  // the error of writing is the one to tell
    return Changed{.path = path, .before = holds_one_value(file, *text) ? *text : ""};
  }
  return Changed{};
}

// Undoes the newest first: each state on the way back is one that the kernel has accepted before.
std::string put_back(const std::vector<Changed>& changed) {
  std::string left;
  for (auto each = changed.rbegin(); each != changed.rend(); ++each) {
    if (each->path.empty()) continue;
    if (!each->before.empty() && sys::write_existing(AT_FDCWD, each->path.c_str(), each->before)) {
      continue;
    }
    left += (left.empty() ? "" : ", ") + each->path;
  }
  return left;
}

Error explain(Error error, const std::string& file, const std::string& left) {
  std::string hint = left.empty() ? "the container's limits are as they were"
                                  : "these are already changed: " + left;
  const bool is_memory = file.starts_with("memory.");
  if (is_memory && error.errno_value == EBUSY) {
    hint = "the container uses more than that; " + hint;
  }
  return std::move(error).with_hint(std::move(hint));
}

}  // namespace

plan::CurrentValues read_current_values(Directories directories) {
  plan::CurrentValues values;
  for (const plan::CgroupDirectory& directory : directories) {
    for (const std::string_view file : plan::files_to_look_at()) {
      Result<std::string> text =
          sys::read_file(AT_FDCWD, path_of(directory, std::string(file)).c_str(), kFileLimit);
      if (text) values.emplace(file, *std::move(text));  // most are of the other version
    }
  }
  return values;
}

Result<> update_cgroup(Directories directories, const plan::UpdatePlan& plan) {
  for (const plan::CgroupDirectory& directory : directories) {
    if (directory.v2) (void)TRY(hand_down_controllers(directory, plan.enabled_controllers, {}));
  }
  std::vector<Changed> changed;
  for (const plan::CgroupWrite& write : plan.writes) {
    Changed file = remember(directories, write);
    Result<> applied = apply_resources(directories, {&write, 1});
    if (!applied) return explain(std::move(applied).error(), write.file, put_back(changed));
    changed.push_back(std::move(file));
  }
  return {};
}

}  // namespace ocirt::stages
