// Watches for processes that are killed for want of memory. Runs in: the process of events.
#include "runtime/stages/oom_watch.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

// --- version 1 -----------------------------------------------------------------------------------

// The kernel adds 1 to the eventfd each time (cgroup-v1/memory.rst, "OOM Control").
Result<OomWatch> OomWatch::open_v1(const std::string& cgroup) {
  OomWatch watch;
  watch.control_path_ = cgroup + "/cgroup.event_control";
  const UniqueFd oom =
      TRY(sys::open_at(AT_FDCWD, (cgroup + "/memory.oom_control").c_str(), O_RDONLY));
  watch.news_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!watch.news_) return last_error("make an eventfd");
  const std::string order = std::to_string(watch.news_.get()) + " " + std::to_string(oom.get());
  Result<> registered = sys::write_existing(AT_FDCWD, watch.control_path_.c_str(), order);
  if (!registered) return std::move(registered).error();
  return watch;
}

bool OomWatch::take_v1() {
  uint64_t times = 0;
  if (::read(news_.get(), &times, sizeof times) != sizeof times) return false;
  // The removal of the cgroup counts as one more.
  const bool is_gone = !sys::open_at(AT_FDCWD, control_path_.c_str(), O_PATH);
  return times > (is_gone ? 1U : 0U);
}

// --- version 2 -----------------------------------------------------------------------------------

Result<OomWatch> OomWatch::open_v2(const std::string& cgroup) {
  OomWatch watch;
  const std::string path = cgroup + "/memory.events";
  Result<UniqueFd> events = sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY);
  if (!events) {
    // The controller isn't handed down to this cgroup.
    if (events.error().kind == ErrorKind::NotFound) return watch;
    return std::move(events).error();
  }
  watch.events_ = *std::move(events);
  watch.news_ = UniqueFd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!watch.news_) return last_error("make an inotify descriptor");
  if (::inotify_add_watch(watch.news_.get(), path.c_str(), IN_MODIFY) < 0) {
    return last_error("watch " + path);
  }
  watch.kills_ = watch.count_kills();  // after the watch began, so that none is missed
  return watch;
}

// The file counts other things as well, and tells of their changes too. Kills, not shortages
// ("oom"): those are counted where the limit is, which may be above the container's cgroup.
uint64_t OomWatch::count_kills() const {
  std::array<char, 4096> text;
  const ssize_t size = ::pread(events_.get(), text.data(), text.size(), 0);
  if (size < 0) return kills_;  // ENODEV: the cgroup is gone
  const std::string value = sys::cgroup_value({text.data(), static_cast<size_t>(size)}, "oom_kill");
  uint64_t kills = 0;
  std::from_chars(value.data(), value.data() + value.size(), kills);
  return kills;
}

bool OomWatch::take_v2() {
  std::array<char, 4096> changes;  // we only need to know that there are some
  while (::read(news_.get(), changes.data(), changes.size()) > 0) {
  }
  const uint64_t before = std::exchange(kills_, count_kills());
  return kills_ > before;
}

// --- both ----------------------------------------------------------------------------------------

Result<OomWatch> OomWatch::open(std::span<const plan::CgroupDirectory> directories) {
  const plan::CgroupDirectory* v2 = nullptr;
  for (const plan::CgroupDirectory& directory : directories) {
    if (directory.v2) v2 = &directory;
    const std::vector<std::string>& controllers = directory.controllers;
    if (!directory.v2 &&
        std::find(controllers.begin(), controllers.end(), "memory") != controllers.end()) {
      return open_v1(directory.mount_point.text + directory.path);
    }
  }
  if (v2 == nullptr) return OomWatch();
  return open_v2(v2->mount_point.text + v2->path);
}

bool OomWatch::take() {
  if (!news_) return false;
  return events_ ? take_v2() : take_v1();
}

}  // namespace ocirt::stages
