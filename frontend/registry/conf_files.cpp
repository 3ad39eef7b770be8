// Where the files of containers/common lie: the user's before the system's, and drop-ins.
#include "frontend/registry/conf_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "sys/file.h"

namespace ocirt::registry {

namespace {

constexpr size_t kMostConf = 4 << 20;

void add_drop_ins(const std::string& directory, std::vector<std::string>& to) {
  DIR* stream = ::opendir(directory.c_str());
  if (stream == nullptr) return;
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream)) {
    if (std::string_view(entry->d_name).ends_with(".conf")) names.emplace_back(entry->d_name);
  }
  (void)::closedir(stream);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) to.push_back(directory + '/' + name);
}

}  // namespace

std::vector<std::string> ConfFiles::all() const {
  std::vector<std::string> files = {main};
  files.insert(files.end(), drop_ins.begin(), drop_ins.end());
  return files;
}

std::string home_directory() {
  const char* home = std::getenv("HOME");
  return home == nullptr ? "" : home;
}

ConfFiles find_conf_files(const char* name, std::initializer_list<const char*> variables) {
  ConfFiles files;
  for (const char* variable : variables) {
    const char* set = std::getenv(variable);
    if (set == nullptr || *set == '\0') continue;
    files.main = set;
    return files;
  }
  const std::string system = std::string("/etc/containers/") + name;
  std::string user;
  if (::geteuid() != 0 && !home_directory().empty()) {
    user = home_directory() + "/.config/containers/" + name;
  }
  files.main = !user.empty() && ::access(user.c_str(), R_OK) == 0 ? user : system;
  add_drop_ins(system + ".d", files.drop_ins);
  if (!user.empty()) add_drop_ins(user + ".d", files.drop_ins);
  return files;
}

Result<std::optional<std::string>> read_conf_file(const std::string& path) {
  Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), kMostConf);
  if (text) return std::optional(std::move(*text));
  if (text.error().kind == ErrorKind::NotFound) return std::optional<std::string>();
  return std::move(text).error();
}

}  // namespace ocirt::registry
