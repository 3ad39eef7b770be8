// Moves the rootfs over "/" where the root cannot be exchanged. Runs in: init.
#include "runtime/stages/rootfs_no_pivot.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "sys/file.h"
#include "sys/mount.h"

namespace ocirt::stages {

namespace {

constexpr size_t kMountinfoLimit = size_t{16} << 20;

// The next word of `line`, which loses it.
std::string_view next_word(std::string_view& line) {
  const size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

// proc(5): blank, tab, newline and backslash are written as three octal digits.
std::string unescape(std::string_view text) {
  std::string path;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 3 >= text.size()) {
      path += text[i];
      continue;
    }
    path +=
        static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return path;
}

bool is_below(std::string_view path, std::string_view directory) {
  if (!path.starts_with(directory)) return false;
  return path.size() == directory.size() || path[directory.size()] == '/';
}

// Where proc and sysfs are mounted outside of the rootfs. Deepest first, so that each is reachable.
Result<std::vector<std::string>> mounts_to_hide(std::string_view rootfs) {
  const std::string table = TRY(sys::read_file(AT_FDCWD, "/proc/self/mountinfo", kMountinfoLimit));
  const std::string_view lines = table;
  std::vector<std::string> found;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    std::string_view line = lines.substr(begin, end - begin);
    begin = end + 1;
    // "36 35 98:0 /root /mount/point options [optional ...] - type source superoptions"
    const size_t separator = line.find(" - ");
    if (separator == std::string_view::npos) continue;
    std::string_view tail = line.substr(separator + 3);
    const std::string_view type = next_word(tail);
    if (type != "proc" && type != "sysfs") continue;
    for (int skipped = 0; skipped < 4; ++skipped) (void)next_word(line);
    std::string point = unescape(next_word(line));
    if (!is_below(point, rootfs)) found.push_back(std::move(point));
  }
  std::reverse(found.begin(), found.end());
  return found;
}

Result<> hide(const std::string& point) {
  const auto failed = [&](const char* what) {
    return last_error(std::string(what) + " \"" + point + '"');
  };
  // Not to be unmounted on the host as well.
  (void)::mount(nullptr, point.c_str(), nullptr, MS_SLAVE | MS_REC, nullptr);  // may be covered
  if (::umount2(point.c_str(), MNT_DETACH) == 0) return {};
  // EINVAL, EPERM: locked, since it comes from a more privileged namespace; so it is covered.
  if (errno != EINVAL && errno != EPERM) return failed("unmount");
  if (::mount("tmpfs", point.c_str(), "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              "size=0,nr_inodes=1") != 0) {
    return failed("cover");
  }
  return {};
}

}  // namespace

Result<> move_root_to_slash(const plan::RootfsPlan& plan, int root_fd) {
  const std::vector<std::string> points = TRY(mounts_to_hide(plan.root.text));
  for (const std::string& point : points) TRY(hide(point));
  const UniqueFd slash(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!slash) return last_error("open \"/\"");
  TRY(sys::move_mount(root_fd, slash.get()));
  if (::chroot(".") != 0) return last_error("chroot");
  return {};
}

}  // namespace ocirt::stages
