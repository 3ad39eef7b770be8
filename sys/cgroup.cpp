// Cgroup directories: their processes, children and events. Knows no OCI word.
#include "sys/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>

#include "sys/file.h"

namespace ocirt::sys {

namespace {

constexpr size_t kProcsLimit = 8 << 20;  // bytes: a million processes
constexpr size_t kEventsLimit = 4096;    // bytes
constexpr size_t kDelegateLimit = 4096;  // bytes

bool is_gone(int error) {
  return error == ENOENT || error == ENODEV;
}

bool is_gone(const Error& error) {
  return is_gone(error.errno_value);
}

void add_numbers(std::string_view text, std::vector<pid_t>& pids) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    pid_t pid = 0;
    const std::from_chars_result parsed = std::from_chars(at, end, pid);
    // 0 stands for a process that our pid namespace doesn't see; to kill(2) it would mean us.
    if (parsed.ec == std::errc() && pid > 0) pids.push_back(pid);
    at = parsed.ptr + 1;
  }
}

// All of the file behind `fd`, read from its start.
Result<std::string> reread(int fd) {
  std::array<char, kEventsLimit> buffer;
  const ssize_t count = pread(fd, buffer.data(), buffer.size(), 0);
  if (count < 0) return last_error("read cgroup.events");
  return std::string(buffer.data(), static_cast<size_t>(count));
}

// The names of one type (DT_DIR, DT_REG) in the cgroup at `path` below `cgroup`.
Result<std::vector<std::string>> names_in(int cgroup, const std::string& path, unsigned char type) {
  UniqueFd fd = TRY(open_cgroup(cgroup, path));
  DIR* stream = fdopendir(fd.get());
  if (stream == nullptr) return last_error("list a cgroup");
  (void)fd.release();  // the stream owns it now

  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (entry->d_type == type && name != "." && name != "..") names.emplace_back(name);
  }
  const int error = errno;
  (void)closedir(stream);
  if (error != 0) return system_error(error, "list a cgroup");
  return names;
}

}  // namespace

CgroupVersion cgroup_version(const std::string& path) {
  struct statfs info = {};
  if (statfs(path.c_str(), &info) != 0) return CgroupVersion::None;
  if (info.f_type == CGROUP_SUPER_MAGIC) return CgroupVersion::V1;
  return info.f_type == CGROUP2_SUPER_MAGIC ? CgroupVersion::V2 : CgroupVersion::None;
}

bool may_divide_cgroup(const std::string& path) {
  const auto may_write = [](const std::string& file) {
    return faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0;
  };
  return may_write(path) && may_write(path + "/cgroup.procs");
}

Result<bool> make_cgroup(const std::string& path) {
  constexpr mode_t kMode = 0755;
  if (mkdir(path.c_str(), kMode) == 0) return true;
  if (errno == EEXIST) return false;
  return system_error(errno, "make cgroup " + path);
}

Result<> give_cgroup(int cgroup, uid_t owner) {
  constexpr gid_t kSameGroup = static_cast<gid_t>(-1);
  const Result<std::string> list =
      read_file(AT_FDCWD, "/sys/kernel/cgroup/delegate", kDelegateLimit);
  const std::string files = list ? *list : "cgroup.procs\ncgroup.subtree_control\n";

  if (fchown(cgroup, owner, kSameGroup) != 0) return last_error("change the owner of the cgroup");
  for (size_t at = 0; at < files.size();) {
    const size_t end = std::min(files.find('\n', at), files.size());
    const std::string file = files.substr(at, end - at);
    at = end + 1;
    // The list also has files of controllers that this cgroup doesn't have.
    if (fchownat(cgroup, file.c_str(), owner, kSameGroup, AT_SYMLINK_NOFOLLOW) != 0 &&
        errno != ENOENT) {
      return system_error(errno, "change the owner of the cgroup's " + file);
    }
  }
  return {};
}

Result<UniqueFd> open_cgroup(int directory, const std::string& path) {
  return open_at(directory, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

Result<std::vector<std::string>> descendant_cgroups(int cgroup) {
  std::vector<std::string> found = {"."};
  for (size_t i = 0; i < found.size(); ++i) {
    Result<std::vector<std::string>> children = names_in(cgroup, found[i], DT_DIR);
    if (!children && is_gone(children.error())) continue;
    for (const std::string& name : TRY(std::move(children))) {
      found.push_back(i == 0 ? name : found[i] + "/" + name);
    }
  }
  found.erase(found.begin());
  return found;
}

Result<std::vector<std::string>> cgroup_files(int cgroup) {
  return names_in(cgroup, ".", DT_REG);
}

Result<> add_cgroup_pids(int cgroup, std::vector<pid_t>& pids) {
  std::vector<std::string> cgroups = TRY(descendant_cgroups(cgroup));
  cgroups.emplace_back(".");
  for (const std::string& path : cgroups) {
    Result<std::string> text = read_file(cgroup, (path + "/cgroup.procs").c_str(), kProcsLimit);
    if (text) {
      add_numbers(*text, pids);
    } else if (!is_gone(text.error()) && text.error().errno_value != EOPNOTSUPP) {
      return std::move(text).error();
    }
    // EOPNOTSUPP: a threaded cgroup, whose processes are listed by the parent that it belongs to.
  }
  return {};
}

std::string cgroup_value(std::string_view text, std::string_view key) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == ' ') {
      return std::string(line.substr(key.size() + 1));
    }
    at = end + 1;
  }
  return {};
}

Result<bool> wait_for_cgroup_event(int cgroup, std::string_view key, std::string_view value,
                                   int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  const UniqueFd events = TRY(open_at(cgroup, "cgroup.events", O_RDONLY));
  while (true) {
    // Read before each poll: the kernel tells of changes since the last read.
    if (cgroup_value(TRY(reread(events.get())), key) == value) return true;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd change = {.fd = events.get(), .events = POLLPRI, .revents = 0};
    if (poll(&change, 1, static_cast<int>(left)) < 0 && errno != EINTR) {
      return last_error("wait for cgroup.events");
    }
  }
}

void remove_empty_cgroup(const std::string& path) {
  (void)rmdir(path.c_str());  // whoever calls this is on the way out with another error
}

Result<bool> remove_cgroup_tree(const std::string& path) {
  if (rmdir(path.c_str()) == 0 || errno == ENOENT) return true;
  if (errno != EBUSY && errno != ENOTEMPTY) return last_error("remove cgroup " + path);

  // Processes or children are in it.
  const Result<UniqueFd> cgroup = open_cgroup(AT_FDCWD, path);
  if (!cgroup) {
    if (is_gone(cgroup.error())) return true;
    return Error(cgroup.error());
  }
  const std::vector<std::string> below = TRY(descendant_cgroups(cgroup->get()));
  for (auto child = below.rbegin(); child != below.rend(); ++child) {
    if (unlinkat(cgroup->get(), child->c_str(), AT_REMOVEDIR) == 0 || is_gone(errno)) continue;
    if (errno == EBUSY) return false;
    return last_error("remove cgroup " + path + "/" + *child);
  }
  if (rmdir(path.c_str()) == 0 || is_gone(errno)) return true;
  if (errno == EBUSY) return false;
  return last_error("remove cgroup " + path);
}

}  // namespace ocirt::sys
