// Notices when the kernel kills a process of the container for want of memory.
//
// In both versions of cgroups the file that wakes us also has a count, "oom_kill N", and only the
// count is believed: v1 wakes us when the cgroup is removed, too.
#include "shim/memory_watch.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "shim/model/cgroup_text.h"
#include "sys/file.h"

namespace ocirt::shim {
namespace {

constexpr size_t kLongestFile = 64 * 1024;

}  // namespace

void MemoryWatch::open(pid_t payload, Loop& loop) {
  const std::string file = "/proc/" + std::to_string(payload) + "/cgroup";
  const Result<std::string> text = sys::read_file(AT_FDCWD, file.c_str(), kLongestFile);
  if (!text) return;  // it has ended already
  const MemoryCgroup cgroup = memory_cgroup(*text);
  const bool is_watched =
      cgroup.v1_path.empty()
          ? !cgroup.v2_path.empty() && (open_v2("/sys/fs/cgroup" + cgroup.v2_path, loop) ||
                                        open_v2("/sys/fs/cgroup/unified" + cgroup.v2_path, loop))
          : open_v1("/sys/fs/cgroup/memory" + cgroup.v1_path, loop);
  if (!is_watched) {
    counts_.reset();
    event_.reset();
    return;
  }
  known_kills_ = kills().value_or(0);
}

bool MemoryWatch::open_v2(const std::string& path, Loop& loop) {
  counts_.reset(::open((path + "/memory.events").c_str(), O_RDONLY | O_CLOEXEC));
  return counts_ && loop.watch(counts_.get(), Source::Memory, EPOLLPRI);
}

bool MemoryWatch::open_v1(const std::string& path, Loop& loop) {
  counts_.reset(::open((path + "/memory.oom_control").c_str(), O_RDONLY | O_CLOEXEC));
  if (!counts_) return false;
  event_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event_) return false;
  const std::string wish = std::to_string(event_.get()) + " " + std::to_string(counts_.get());
  const std::string control = path + "/cgroup.event_control";
  return sys::write_existing(AT_FDCWD, control.c_str(), wish) &&
         loop.watch(event_.get(), Source::Memory, EPOLLIN);
}

std::optional<uint64_t> MemoryWatch::kills() const {
  std::array<char, 1024> text;
  const ssize_t got = ::pread(counts_.get(), text.data(), text.size(), 0);
  if (got <= 0) return std::nullopt;  // ENODEV: the cgroup has been removed
  return count_of({text.data(), static_cast<size_t>(got)}, "oom_kill");
}

bool MemoryWatch::has_killed() {
  uint64_t ignored = 0;
  if (event_) (void)!::read(event_.get(), &ignored, sizeof ignored);  // only to be quiet again
  if (!counts_) return false;
  const std::optional<uint64_t> now = kills();
  if (!now) {
    // Never again anything to see here; the fd would stay ready.
    event_.reset();
    counts_.reset();
    return false;
  }
  const bool has_more = *now > known_kills_;
  known_kills_ = *now;
  return has_more;
}

}  // namespace ocirt::shim
