// The open files of a container that lead out of it, and are given anew at restore. Runs in: the
// `checkpoint` and `restore` processes.
#include "runtime/stages/criu_descriptors.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json_writer.h"
#include "runtime/stages/cgroup.h"
#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr const char* kFileName = "descriptors.json";
constexpr size_t kLargestFile = 1 << 20;
constexpr int kStdioCount = 3;

/// An open file of a process.
struct OpenFile {
  std::string link;  // where /proc/PID/fd/N leads
  struct stat status {};
  int mount_id = 0;
};

std::optional<OpenFile> look_at(pid_t pid, int fd) {
  OpenFile file;
  const std::string path = fmt::format("/proc/{}/fd/{}", pid, fd);
  Result<std::string> link = sys::read_link(AT_FDCWD, path.c_str());
  if (!link || ::fstatat(AT_FDCWD, path.c_str(), &file.status, 0) < 0) return std::nullopt;
  file.link = std::move(*link);
  const Result<std::string> info =
      sys::read_file(AT_FDCWD, fmt::format("/proc/{}/fdinfo/{}", pid, fd).c_str(), 64 * 1024);
  if (!info) return std::nullopt;
  constexpr std::string_view kKey = "mnt_id:";
  const size_t at = info->find(kKey);
  if (at == std::string::npos) return std::nullopt;
  file.mount_id = std::atoi(info->c_str() + at + kKey.size());
  return file;
}

bool is_null_device(const OpenFile& file) {
  return S_ISCHR(file.status.st_mode) && file.status.st_rdev == ::makedev(1, 3);
}

// Opened on a mount that the container doesn't have: CRIU couldn't open it again.
bool is_of_host(const OpenFile& file, std::span<const plan::MountedTree> of_container) {
  if (!S_ISREG(file.status.st_mode) && !is_null_device(file)) return false;
  return std::none_of(of_container.begin(), of_container.end(),
                      [&](const plan::MountedTree& mount) { return mount.id == file.mount_id; });
}

std::string name_of(const OpenFile& file) {
  return fmt::format("file[{:x}:{:x}]", file.mount_id, file.status.st_ino);
}

}  // namespace

bool is_external_file(const std::string& name) {
  return name.starts_with("file[");
}

Result<std::vector<std::string>> find_descriptors(const store::State& state,
                                                  std::span<const plan::MountedTree> of_container) {
  std::vector<std::string> names;
  for (int fd = 0; fd < kStdioCount; ++fd) {
    const std::optional<OpenFile> file = look_at(state.pid, fd);  // it may have closed one
    names.push_back(!file                             ? "/dev/null"
                    : is_of_host(*file, of_container) ? name_of(*file)
                                                      : file->link);
  }
  for (const pid_t pid : TRY(cgroup_pids(state.cgroup))) {
    for (int fd = 0; fd < kStdioCount; ++fd) {
      const std::optional<OpenFile> file = look_at(pid, fd);
      if (!file || !is_null_device(*file) || !is_of_host(*file, of_container)) continue;
      const std::string name = name_of(*file);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

Result<> write_descriptors(int images, const std::vector<std::string>& names) {
  JsonWriter json;
  json.begin_array();
  for (const std::string& name : names) json.value(name);
  json.end_array();
  return sys::replace_file(images, kFileName, std::move(json).take(), 0600);
}

Result<std::vector<std::string>> read_descriptors(int images) {
  Result<std::string> text = sys::read_file(images, kFileName, kLargestFile);
  if (!text) {
    Error error = std::move(text).error();
    if (error.kind != ErrorKind::NotFound) return error;
    return std::move(error).with_hint(
        "--image-path names a directory that `checkpoint` has written");
  }
  const nlohmann::json document = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_array()) {
    return make_error(ErrorKind::System, fmt::format("\"{}\" is damaged", kFileName));
  }
  std::vector<std::string> names;
  for (const nlohmann::json& name : document) {
    names.push_back(name.is_string() ? name.get_ref<const std::string&>() : "");
  }
  return names;
}

}  // namespace ocirt::stages
