// Where a sysctl lies below /proc/sys. Pure.
#include "spec/sysctl_path.h"

#include <cstddef>

namespace ocirt::spec {

std::string sysctl_path(std::string_view key) {
  std::string path(key);
  const size_t separator = path.find_first_of("./");
  if (separator == std::string::npos || path[separator] == '/') return path;
  for (char& byte : path) {
    if (byte == '.') {
      byte = '/';
    } else if (byte == '/') {
      byte = '.';
    }
  }
  return path;
}

}  // namespace ocirt::spec
