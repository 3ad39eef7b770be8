// What a container is doing now.
#include "frontend/containers/status.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "frontend/containers/health.h"
#include "frontend/images/store.h"
#include "sys/file.h"

namespace ocirt::containers {

namespace {

std::optional<pid_t> read_pid(const std::string& path) {
  constexpr size_t kMost = 32;
  const Result<std::string> text = sys::read_short_file(AT_FDCWD, path.c_str(), kMost);
  pid_t pid = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), pid).ec != std::errc{} ||
      pid <= 0) {
    return std::nullopt;
  }
  return pid;
}

State state_named(const std::string& status) {
  if (status == "running") return State::Running;
  if (status == "paused") return State::Paused;
  if (status == "creating" || status == "created") return State::Initialized;
  return State::Exited;
}

Status status_of_known(const Store& store, const RuntimeState* known, const model::Record& record) {
  Status status;
  const std::string run = store.roots().run_directory(record.id);
  if (known != nullptr) {
    status.state = state_named(known->status);
    status.unclean = status.state == State::Exited;
    if (status.state != State::Exited) status.pid = known->pid;
  } else if (!record.boot_id.empty()) {
    status.state = State::Exited;
    status.unclean = sys::exists(run.c_str());
  }
  struct stat info {};
  if (status.pid > 0 && ::stat((run + "/pidfile").c_str(), &info) == 0) {
    status.started_s = info.st_mtime;
  }
  if (status.pid > 0) {
    if (const auto health = read_health(store.roots(), record)) status.health = health->status;
  }
  if (status.state == State::Exited) {
    status.exit = read_exit_record(store.roots().container(record.id));
  }
  return status;
}

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::Created:
      return "created";
    case State::Initialized:
      return "initialized";
    case State::Running:
      return "running";
    case State::Paused:
      return "paused";
    case State::Exited:
      break;
  }
  return "exited";
}

Result<Status> find_status(const Store& store, const Runtime& runtime,
                           const model::Record& record) {
  Result<RuntimeState> known = runtime.state(record.id);
  if (!known && known.error().kind != ErrorKind::NotFound) return known.error();
  return status_of_known(store, known ? &*known : nullptr, record);
}

Status status_from(const Store& store, const std::map<std::string, RuntimeState>& known,
                   const model::Record& record) {
  const auto found = known.find(record.id);
  return status_of_known(store, found == known.end() ? nullptr : &found->second, record);
}

std::optional<Monitor> find_monitor(const Roots& roots, const std::string& id) {
  const std::optional<pid_t> pid = read_pid(roots.run_directory(id) + "/conmon.pid");
  if (!pid) return std::nullopt;
  Result<sys::Pidfd> process = sys::Pidfd::open(*pid);
  if (!process) return std::nullopt;
  // The number may be another process' by now: the monitor has the container's id in its words.
  constexpr size_t kMost = 64 * 1024;
  const Result<std::string> words =
      sys::read_file(AT_FDCWD, ("/proc/" + std::to_string(*pid) + "/cmdline").c_str(), kMost);
  if (!words || words->find(id) == std::string::npos) return std::nullopt;
  return Monitor{.pid = *pid, .process = std::move(*process)};
}

namespace {

std::string kept_exits(const Roots& roots) {
  return roots.run + "/exits";
}

// Whoever waited has long read it.
void drop_old(int directory) {
  constexpr time_t kKeep_s = 300;
  for (const std::string& name : images::list_directory(directory)) {
    struct stat info {};
    if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        info.st_mtime + kKeep_s < ::time(nullptr)) {
      (void)::unlinkat(directory, name.c_str(), 0);  // or the next
    }
  }
}

}  // namespace

void keep_exit_code(const Roots& roots, const std::string& id, int code) {
  const std::string path = kept_exits(roots);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return;
  const Result<UniqueFd> directory =
      sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) return;
  drop_old(directory->get());
  // Without it, `wait` tells an unknown end.
  (void)sys::replace_file(directory->get(), id.c_str(), std::to_string(code), 0600);
}

std::optional<int> find_kept_exit_code(const Roots& roots, const std::string& id) {
  constexpr size_t kMost = 16;
  const Result<std::string> text =
      sys::read_short_file(AT_FDCWD, (kept_exits(roots) + '/' + id).c_str(), kMost);
  int code = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), code).ec != std::errc{}) {
    return std::nullopt;
  }
  return code;
}

}  // namespace ocirt::containers
