// What happens when a container has ended, whoever notices it first.
#include "frontend/containers/cleanup.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "frontend/containers/events.h"
#include "frontend/containers/recovery.h"
#include "frontend/containers/trees.h"
#include "frontend/network/network.h"
#include "sys/file.h"

namespace ocirt::containers {

namespace {

// docker's: 100 ms, then twice as long each time, at most a minute.
void wait_before_restart(unsigned restarts) {
  constexpr int64_t kFirst_ms = 100;
  constexpr int64_t kLongest_ms = 60'000;
  constexpr unsigned kDoublings = 10;
  const int64_t wait_ms = std::min(kFirst_ms << std::min(restarts, kDoublings), kLongest_ms);
  const timespec time{.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1'000'000};
  (void)::nanosleep(&time, nullptr);
}

Result<> restart(const Engine& engine, const std::string& id, unsigned restarts) {
  wait_before_restart(restarts);  // unlocked: a person may stop or remove it meanwhile
  const UniqueFd lock = TRY(engine.store.lock(id));
  model::Record record = TRY(engine.store.load(id));
  const Status status = TRY(find_status(engine.store, engine.runtime, record));
  if (record.stopped_by_user || record.restarts != restarts || status.state != State::Exited) {
    return {};
  }
  record.restarts++;
  TRY(engine.store.save(record));
  TRY(launch(engine, record));
  return open_gate(engine, record);
}

int last_code(const Engine& engine, const std::string& id) {
  const std::optional<ExitRecord> exit = read_exit_record(engine.store.roots().container(id));
  return exit ? exit->code : kUnknownExitCode;
}

}  // namespace

Result<> clean_up(const Engine& engine, const model::Record& record) {
  const Roots& roots = engine.store.roots();
  Result<> detached = network::detach(record, roots.directories(record.id));
  const Result<> deleted = engine.runtime.call({"delete", "--force", record.id});
  recover_ends(engine, record, 0);
  const Result<UniqueFd> run =
      sys::open_at(AT_FDCWD, roots.run.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  // Whoever comes first tells it: later there is no RUN/ID any more.
  const bool is_first = sys::exists(roots.run_directory(record.id).c_str());
  Result<> removed;
  if (run && deleted) removed = remove_files(run->get(), record.id);
  const std::optional<ExitRecord> exit = read_exit_record(roots.container(record.id));
  if (is_first && deleted && exit) tell_event(roots, record, "died", exit->code);
  if (!deleted) return deleted;
  return detached ? removed : detached;
}

bool wants_restart(const model::Record& record, int exit_code) {
  const model::RestartPolicy& policy = record.request.restart;
  if (record.stopped_by_user) return false;
  if (policy.name == "always" || policy.name == "unless-stopped") return true;
  if (policy.name != "on-failure" || exit_code == 0) return false;
  return policy.most == 0 || record.restarts < policy.most;
}

Result<> finish(const Engine& engine, const std::string& id, pid_t monitor) {
  const auto is_over = [&] {  // another has cleaned up, or started it again
    const std::optional<Monitor> now = find_monitor(engine.store.roots(), id);
    return !now || now->pid != monitor;
  };
  // Before the lock: whoever recovers the end of a killed monitor holds it, and waits for us.
  if (is_over()) return {};
  unsigned restarts = 0;
  {
    const Result<UniqueFd> lock = engine.store.lock(id);
    if (!lock) return {};  // it is gone
    const model::Record record = TRY(engine.store.load(id));
    if (is_over()) return {};
    TRY(clean_up(engine, record));
    const int code = last_code(engine, id);
    if (!wants_restart(record, code)) {
      return record.request.remove ? remove(engine, record, true) : Result<>{};
    }
    restarts = record.restarts;
  }
  return restart(engine, id, restarts);
}

namespace {

bool clean_up_late(const Engine& engine, const model::Record& record, const Status& status) {
  const bool half_started = status.state == State::Initialized && record.request.remove;
  const bool overdue = status.state == State::Exited && record.request.remove;
  if (!status.unclean && !half_started && !overdue) return true;
  const std::optional<UniqueFd> lock = engine.store.try_lock(record.id);
  if (!lock) return true;  // somebody is at it
  // The monitor of one that has ended is about to do it, unless the lock kept it from being born.
  if (!half_started && find_monitor(engine.store.roots(), record.id)) return true;
  const Result<Status> now = find_status(engine.store, engine.runtime, record);
  if (!now || now->state == State::Running || now->state == State::Paused) return true;
  if (!clean_up(engine, record)) return true;  // the next command tries again
  return !record.request.remove || !remove(engine, record, true);
}

}  // namespace

bool heal(const Engine& engine, const model::Record& record, Status& status) {
  const bool is_lost = status.state == State::Exited && !status.exit;
  const bool is_there = clean_up_late(engine, record, status);
  if (!is_there || !is_lost) return is_there;
  // Once more: where init hadn't been reaped yet when all else was cleaned up.
  recover_ends(engine, record, 0);
  status.exit = read_exit_record(engine.store.roots().container(record.id));
  return true;
}

Result<> remove(const Engine& engine, const model::Record& record, bool with_volumes) {
  if (!record.boot_id.empty()) {
    keep_exit_code(engine.store.roots(), record.id, last_code(engine, record.id));
  }
  TRY(engine.store.remove(record));
  tell_event(engine.store.roots(), record, "remove");
  if (!with_volumes || record.own_volumes.empty()) return {};
  const std::string volumes = engine.store.roots().store + "/volumes";
  const UniqueFd directory = TRY(sys::open_at(AT_FDCWD, volumes.c_str(), O_RDONLY | O_DIRECTORY));
  for (const std::string& name : record.own_volumes) TRY(remove_files(directory.get(), name));
  return {};
}

}  // namespace ocirt::containers
