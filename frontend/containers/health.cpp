// Health checks: a command that is run in the container now and then.
#include "frontend/containers/health.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "frontend/containers/status.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/program.h"

namespace ocirt::containers {

namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kInterval_ns = 30 * kNsPerSecond;  // podman's defaults
constexpr int64_t kTimeout_ns = 30 * kNsPerSecond;
constexpr int kRetries = 3;
constexpr size_t kProbesKept = 5;
constexpr size_t kOutputKept = 500;
constexpr int kTimedOut = -1;
constexpr const char* kFile = "health.json";

int64_t now_ns() {
  timespec now{};
  (void)::clock_gettime(CLOCK_REALTIME, &now);  // the real-time clock is always there
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

std::string print_health(const HealthState& state) {
  Json log = Json::array();
  for (const HealthProbe& probe : state.log) {
    log.push_back({{"start", probe.start_ns},
                   {"end", probe.end_ns},
                   {"exitCode", probe.exit_code},
                   {"output", probe.output}});
  }
  const Json json = {
      {"status", state.status}, {"failingStreak", state.failing_streak}, {"log", log}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

std::optional<HealthState> parse_health(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    HealthState state{.status = json.at("status").get<std::string>(),
                      .failing_streak = json.value("failingStreak", 0)};
    for (const Json& each : json.at("log")) {
      state.log.push_back({.start_ns = each.value("start", int64_t{0}),
                           .end_ns = each.value("end", int64_t{0}),
                           .exit_code = each.value("exitCode", 0),
                           .output = each.value("output", "")});
    }
    return state;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

// The words of the check's program; none where it is switched off.
std::vector<std::string> words_of(const model::HealthCheck& check) {
  if (check.test.empty() || check.test.front() == "NONE") return {};
  std::vector<std::string> rest(check.test.begin() + 1, check.test.end());
  if (check.test.front() == "CMD") return rest;
  if (check.test.front() != "CMD-SHELL") return check.test;
  std::string line;
  for (const std::string& word : rest) line += (line.empty() ? "" : " ") + word;
  return {"/bin/sh", "-c", line};
}

// What is left of a check that took too long.
void kill_program(const std::string& pid_file) {
  constexpr size_t kMostBytes = 32;
  const Result<std::string> text = sys::read_file(AT_FDCWD, pid_file.c_str(), kMostBytes);
  pid_t pid = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), pid);
  if (pid <= 0) return;
  // It ran a moment ago, as we held its parent: its number isn't another's yet.
  if (const Result<sys::Pidfd> process = sys::Pidfd::open(pid)) {
    (void)process->send_signal(SIGKILL);  // it may have ended by now
  }
}

Result<HealthProbe> probe(const Engine& engine, const model::Record& record,
                          const model::HealthCheck& check) {
  const std::string directory = engine.store.roots().run_directory(record.id);
  const std::string pid_file = fmt::format("{}/health.pid.{}", directory, ::getpid());
  const std::string& path = engine.runtime.programs().runtime;
  sys::Program program{.path = path, .args = {path}, .env = own_environment()};
  for (const std::string& word : engine.runtime.global_words()) program.args.push_back(word);
  program.args.insert(program.args.end(), {"exec", "--pid-file", pid_file, record.id});
  for (const std::string& word : words_of(check)) program.args.push_back(word);

  HealthProbe result{.start_ns = now_ns()};
  const int64_t timeout_ns = check.timeout > 0 ? check.timeout : kTimeout_ns;
  const sys::ProgramOutcome outcome =
      TRY(sys::run_program(std::move(program), "", static_cast<int>(timeout_ns / kNsPerMs)));
  if (outcome.timed_out) kill_program(pid_file);
  (void)::unlink(pid_file.c_str());  // none was written where the program couldn't be run
  result.end_ns = now_ns();
  result.exit_code = outcome.timed_out ? kTimedOut : outcome.status.shell_code();
  result.output = outcome.output.substr(0, kOutputKept);
  return result;
}

}  // namespace

bool has_health_check(const model::Record& record) {
  return record.health && !words_of(*record.health).empty();
}

std::optional<HealthState> read_health(const Roots& roots, const model::Record& record) {
  if (!has_health_check(record)) return std::nullopt;
  constexpr size_t kMostBytes = 1 << 20;
  const std::string path = roots.run_directory(record.id) + '/' + kFile;
  const Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), kMostBytes);
  return text ? parse_health(*text) : std::nullopt;
}

HealthState after_probe(HealthState state, const HealthProbe& probe,
                        const model::HealthCheck& check, int64_t running_ns) {
  state.log.push_back(probe);
  if (state.log.size() > kProbesKept) state.log.erase(state.log.begin());
  if (probe.exit_code == 0) {
    state.status = "healthy";
    state.failing_streak = 0;
    return state;
  }
  // While it starts, it may fail.
  if (running_ns < check.start_period && state.status == "starting") return state;
  ++state.failing_streak;
  const int retries = check.retries > 0 ? check.retries : kRetries;
  if (state.failing_streak >= retries) state.status = "unhealthy";
  return state;
}

Result<HealthState> check_health(const Engine& engine, const model::Record& record) {
  const Status status = TRY(find_status(engine.store, engine.runtime, record));
  if (status.state != State::Running) {
    return make_error(ErrorKind::BadState, fmt::format("container {} is not running", record.name));
  }
  if (!has_health_check(record)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("container {} has no defined healthcheck", record.name));
  }
  const Roots& roots = engine.store.roots();
  const HealthProbe result = TRY(probe(engine, record, *record.health));
  const int64_t running_ns = now_ns() - status.started_s * kNsPerSecond;
  const HealthState state = after_probe(read_health(roots, record).value_or(HealthState{}), result,
                                        *record.health, running_ns);
  const UniqueFd directory =
      TRY(sys::open_at(AT_FDCWD, roots.run_directory(record.id).c_str(), O_RDONLY | O_DIRECTORY));
  TRY(sys::replace_file(directory.get(), kFile, print_health(state), 0600));
  return state;
}

Result<> start_health_watch(const Engine& engine, const model::Record& record) {
  if (!has_health_check(record)) return {};
  const Roots& roots = engine.store.roots();
  const UniqueFd directory =
      TRY(sys::open_at(AT_FDCWD, roots.run_directory(record.id).c_str(), O_RDONLY | O_DIRECTORY));
  TRY(sys::replace_file(directory.get(), kFile, print_health({}), 0600));
  const UniqueFd null = TRY(sys::open_at(AT_FDCWD, "/dev/null", O_RDWR));
  const std::string& self = engine.runtime.programs().self;
  sys::Child watch =
      TRY(sys::start_program({.path = self,
                              .args = {self, "--root", roots.store, "--runroot", roots.run,
                                       "container", "health-watch", record.id},
                              .env = own_environment(),
                              .output_fd = null.get(),
                              .error_fd = null.get(),
                              .new_session = true}));
  watch.release();
  return {};
}

Result<> watch_health(const Engine& engine, const model::Record& record) {
  const Status status = TRY(find_status(engine.store, engine.runtime, record));
  if (status.pid == 0 || !has_health_check(record)) return {};
  const sys::Pidfd init = TRY(sys::Pidfd::open(status.pid));
  const int64_t asked = record.health->interval;
  const int64_t interval_ns = asked > 0 ? asked : kInterval_ns;
  const int interval_ms = static_cast<int>(std::max<int64_t>(interval_ns / kNsPerMs, 1));
  while (!TRY(init.wait_for_end(interval_ms))) {
    // One that is paused is asked again when it isn't; one that is ending says so by its pidfd.
    const Result<HealthState> checked = check_health(engine, record);
    (void)checked;  // what came of it is in its file
  }
  return {};
}

}  // namespace ocirt::containers
