// Where the files of containers/common lie: the user's before the system's, and drop-ins.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace ocirt::registry {

struct ConfFiles {
  std::string main;
  std::vector<std::string> drop_ins;  // in the order in which they count
  [[nodiscard]] std::vector<std::string> all() const;
};

/// The files of that name: of the first variable of the environment that is set, which then is the
/// only one; else ~/.config/containers, else /etc/containers, and the drop-ins of both.
ConfFiles find_conf_files(const char* name, std::initializer_list<const char*> variables);

/// A file's text; nothing if there is no such file. Errors: those of reading it.
Result<std::optional<std::string>> read_conf_file(const std::string& path);

/// The caller's home directory, or "".
std::string home_directory();

}  // namespace ocirt::registry
