// Who is in a pid namespace. Knows no OCI word.
#include "sys/pid_namespace.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "sys/file.h"

namespace ocirt::sys {

namespace {

// The inode of a namespace. All are on the one nsfs of the kernel, so it says which one it is.
ino_t inode_of(int fd) {
  struct stat about {};
  return ::fstat(fd, &about) == 0 ? about.st_ino : 0;
}

Result<UniqueFd> open_namespace(int proc, const std::string& process) {
  return open_at(proc, (process + "/ns/pid").c_str(), O_RDONLY);
}

// Climbs from `space` to the namespaces that it lies in, up to our own: the kernel shows none above
// (ioctl_ns(2)).
bool lies_in(UniqueFd space, ino_t wanted, ino_t own) {
  while (space) {
    const ino_t inode = inode_of(space.get());
    if (inode == wanted) return true;
    if (inode == own || inode == 0) return false;
    space = UniqueFd(::ioctl(space.get(), NS_GET_PARENT));
  }
  return false;
}

Result<std::vector<pid_t>> all_processes(int proc) {
  UniqueFd copy = TRY(open_at(proc, ".", O_RDONLY | O_DIRECTORY));
  DIR* stream = ::fdopendir(copy.get());
  if (stream == nullptr) return last_error("list /proc");
  (void)copy.release();  // the stream owns it now
  std::vector<pid_t> pids;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc() && end == name.data() + name.size()) pids.push_back(pid);
  }
  (void)::closedir(stream);
  return pids;
}

}  // namespace

Result<std::vector<pid_t>> pid_namespace_members(pid_t pid) {
  const UniqueFd proc = TRY(open_at(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY));
  const ino_t own = inode_of(TRY(open_namespace(proc.get(), "self")).get());
  const ino_t wanted = inode_of(TRY(open_namespace(proc.get(), std::to_string(pid))).get());
  if (wanted == own) {
    return make_error(ErrorKind::Unsupported,
                      "process " + std::to_string(pid) + " has no pid namespace but ours");
  }
  std::vector<pid_t> members;
  for (const pid_t each : TRY(all_processes(proc.get()))) {
    Result<UniqueFd> space = open_namespace(proc.get(), std::to_string(each));
    if (space && lies_in(*std::move(space), wanted, own)) members.push_back(each);
  }
  std::sort(members.begin(), members.end());
  return members;
}

}  // namespace ocirt::sys
