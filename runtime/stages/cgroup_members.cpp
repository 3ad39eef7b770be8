// Finds, signals, freezes and kills the processes in the container's cgroups. Runs in: the
// processes of kill, pause, resume, ps and delete.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "runtime/stages/cgroup.h"
#include "runtime/stages/signal_listed.h"
#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

using Directories = std::span<const plan::CgroupDirectory>;

constexpr int kFreezeTimeout_ms = 10'000;
constexpr size_t kFileLimit = 4096;  // bytes

std::string full_path(const plan::CgroupDirectory& directory) {
  return directory.mount_point.text + directory.path;
}

bool is_gone(const Error& error) {
  return error.errno_value == ENOENT || error.errno_value == ENODEV;
}

const plan::CgroupDirectory* find_v2(Directories directories) {
  const auto found = std::find_if(directories.begin(), directories.end(),
                                  [](const plan::CgroupDirectory& each) { return each.v2; });
  return found == directories.end() ? nullptr : &*found;
}

const plan::CgroupDirectory* find_v1(Directories directories, std::string_view controller) {
  for (const plan::CgroupDirectory& directory : directories) {
    if (directory.v2) continue;
    for (const std::string& name : directory.controllers) {
      if (name == controller) return &directory;
    }
  }
  return nullptr;
}

// Processes are in all hierarchies alike; the best one to look in is v2, then v1's freezer, which a
// payload has the least reason to have moved its processes in.
const plan::CgroupDirectory* roll(Directories directories) {
  if (directories.empty()) return nullptr;
  if (const plan::CgroupDirectory* v2 = find_v2(directories)) return v2;
  if (const plan::CgroupDirectory* freezer = find_v1(directories, "freezer")) return freezer;
  return &directories.front();
}

// --- version 1's freezer -----------------------------------------------------------------------

Result<std::string> freezer_state(const plan::CgroupDirectory& freezer) {
  std::string state = TRY(
      sys::read_short_file(AT_FDCWD, (full_path(freezer) + "/freezer.state").c_str(), kFileLimit));
  return state.substr(0, state.find('\n'));
}

Result<> set_freezer_state(const plan::CgroupDirectory& freezer, std::string_view state) {
  return sys::write_existing(AT_FDCWD, (full_path(freezer) + "/freezer.state").c_str(), state);
}

// The kernel tells nobody when all have stopped; one has to look, which also makes it look again.
// A process that was being made meanwhile may have been missed, hence the repeated order.
Result<bool> freeze_v1(const plan::CgroupDirectory& freezer) {
  constexpr useconds_t kFirstPause_us = 100;
  constexpr useconds_t kLongestPause_us = 20'000;
  useconds_t waited_us = 0;
  for (useconds_t pause_us = kFirstPause_us; waited_us < kFreezeTimeout_ms * 1000;) {
    (void)TRY(set_freezer_state(freezer, "FROZEN"));
    if (TRY(freezer_state(freezer)) == "FROZEN") return true;
    (void)usleep(pause_us);
    waited_us += pause_us;
    pause_us = std::min(pause_us * 2, kLongestPause_us);
  }
  return false;
}

// --- version 2's ---------------------------------------------------------------------------------

// No value for a kernel (before 5.2) whose v2 has no freezer.
Result<std::optional<bool>> freeze_v2(const plan::CgroupDirectory& directory) {
  const UniqueFd cgroup = TRY(sys::open_cgroup(AT_FDCWD, full_path(directory)));
  if (Result<> written = sys::write_existing(cgroup.get(), "cgroup.freeze", "1"); !written) {
    if (is_gone(written.error())) return std::optional<bool>();
    return std::move(written).error();
  }
  return std::optional<bool>(
      TRY(sys::wait_for_cgroup_event(cgroup.get(), "frozen", "1", kFreezeTimeout_ms)));
}

// --- signals -------------------------------------------------------------------------------------

Result<> signal_members(Directories directories, int signal) {
  return signal_listed([&] { return cgroup_pids(directories); }, signal);
}

// Without cgroup.kill and without a freezer: again and again, until nobody new has appeared. Who is
// killed can't fork, so each round leaves fewer, unless they fork faster than we look.
Result<> kill_in_rounds(Directories directories) {
  constexpr int kRounds = 100;
  std::vector<pid_t> before;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<pid_t> members = TRY(cgroup_pids(directories));
    if (members.empty() || members == before) return {};
    (void)TRY(signal_members(directories, SIGKILL));
    before = std::move(members);
  }
  return make_error(ErrorKind::System, "processes in " + full_path(*roll(directories)) +
                                           " fork faster than they can be killed");
}

}  // namespace

// --- public --------------------------------------------------------------------------------------

Result<std::vector<pid_t>> cgroup_pids(Directories directories) {
  std::vector<pid_t> pids;
  const plan::CgroupDirectory* directory = roll(directories);
  if (directory == nullptr) return pids;
  const Result<UniqueFd> cgroup = sys::open_cgroup(AT_FDCWD, full_path(*directory));
  if (!cgroup) {
    if (is_gone(cgroup.error())) return pids;
    return Error(cgroup.error());
  }
  (void)TRY(sys::add_cgroup_pids(cgroup->get(), pids));
  std::sort(pids.begin(), pids.end());
  pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
  return pids;
}

Result<> signal_cgroup(Directories directories, int signal) {
  return signal_members(directories, signal);
}

Result<> kill_cgroup(Directories directories) {
  const plan::CgroupDirectory* v2 = find_v2(directories);
  const plan::CgroupDirectory* freezer = find_v1(directories, "freezer");
  bool killed = false;
  if (v2 != nullptr) {
    // cgroup.kill (Linux 5.14) reaches everything below, and what forks meanwhile.
    const Result<> written =
        sys::write_existing(AT_FDCWD, (full_path(*v2) + "/cgroup.kill").c_str(), "1");
    killed = written.has_value();
    if (!killed && !is_gone(written.error())) return Error(written.error());
  }
  if (!killed) {
    // Frozen, they can't fork. That not all have stopped in time doesn't keep us from killing.
    const bool frozen = freezer != nullptr && freeze_v1(*freezer).value_or(false);
    (void)TRY(frozen ? signal_members(directories, SIGKILL) : kill_in_rounds(directories));
  }
  // What v1 has frozen dies only when it is thawed; in v2 it dies frozen.
  return freezer == nullptr ? Result<>() : thaw_cgroup(directories);
}

Result<> freeze_cgroup(Directories directories) {
  const plan::CgroupDirectory* v2 = find_v2(directories);
  const plan::CgroupDirectory* freezer = find_v1(directories, "freezer");
  std::optional<bool> frozen;
  if (v2 != nullptr) frozen = TRY(freeze_v2(*v2));
  if (!frozen && freezer != nullptr) frozen = TRY(freeze_v1(*freezer));
  if (!frozen) {
    return make_error(ErrorKind::Unsupported,
                      directories.empty() ? "the container has no cgroup of its own to be paused in"
                                          : "this host has no freezer controller to pause with");
  }
  if (*frozen) return {};
  (void)thaw_cgroup(directories);  // the error that matters is that they didn't stop
  return make_error(ErrorKind::System, "processes in " + full_path(*roll(directories)) +
                                           " don't stop (in uninterruptible sleep?)");
}

Result<> thaw_cgroup(Directories directories) {
  // Both, since others may have frozen it by the one that we don't use.
  if (const plan::CgroupDirectory* v2 = find_v2(directories)) {
    const Result<> written =
        sys::write_existing(AT_FDCWD, (full_path(*v2) + "/cgroup.freeze").c_str(), "0");
    if (!written && !is_gone(written.error())) return Error(written.error());
  }
  if (const plan::CgroupDirectory* freezer = find_v1(directories, "freezer")) {
    const Result<> written = set_freezer_state(*freezer, "THAWED");
    if (!written && !is_gone(written.error())) return Error(written.error());
  }
  return {};
}

Result<bool> is_frozen(Directories directories) {
  if (const plan::CgroupDirectory* v2 = find_v2(directories)) {
    const Result<std::string> events =
        sys::read_short_file(AT_FDCWD, (full_path(*v2) + "/cgroup.events").c_str(), kFileLimit);
    if (events && sys::cgroup_value(*events, "frozen") == "1") return true;
    if (!events && !is_gone(events.error())) return Error(events.error());
  }
  if (const plan::CgroupDirectory* freezer = find_v1(directories, "freezer")) {
    const Result<std::string> state = freezer_state(*freezer);
    if (!state && !is_gone(state.error())) return Error(state.error());
    // FREEZING too: a process that has joined a frozen cgroup isn't stopped at once, but all others
    // are.
    return state && *state != "THAWED";
  }
  return false;
}

}  // namespace ocirt::stages
