// Whether this process has the rights of the host's root.
#include "hooks/nvidia/host/privilege.h"

#include <fcntl.h>
#include <unistd.h>

#include "hooks/nvidia/plan/proc_text.h"
#include "sys/file.h"

namespace ocirt::nvidia {

namespace {
constexpr size_t kLongestMap = 64 << 10;  // at most 340 lines (user_namespaces(7))
}

bool is_host_root() {
  if (::geteuid() != 0) return false;
  const std::string map = sys::read_file(AT_FDCWD, "/proc/self/uid_map", kLongestMap).value_or("");
  const std::vector<std::string_view> words = words_of(map);
  return words.size() == 3 && words[0] == "0" && words[1] == "0" && words[2] == "4294967295";
}

}  // namespace ocirt::nvidia
