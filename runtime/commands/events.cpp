// ocirt events: what a container uses, and when it runs out of memory.
#include <fmt/core.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>

#include "runtime/commands/output.h"
#include "runtime/commands/quantities.h"
#include "runtime/commands/stats_json.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/cgroup_stats.h"
#include "runtime/stages/oom_watch.h"
#include "runtime/stages/rdt_stats.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"

namespace ocirt::commands {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<Option, 2> kOptions = {{
    {.name = "interval", .value_name = "TIME", .help = "between two statistics: 5s, 1m30s, 500ms"},
    {.name = "stats", .help = "print the statistics once, and end"},
}};

Result<stages::Live> look_at_running(const store::Found& found) {
  stages::Live live = TRY(stages::look(found));
  if (live.status == stages::Status::Stopped || live.status == stages::Status::Creating) {
    return make_error(ErrorKind::BadState,
                      fmt::format("container not running: \"{}\" is {}", found.state.id,
                                  stages::name_of(live.status)));
  }
  if (!found.state.cgroup.empty()) return live;
  return make_error(
      ErrorKind::Unsupported,
      fmt::format("container \"{}\" has no cgroup of its own, where the kernel would count what it "
                  "uses",
                  found.state.id));
}

Result<> print_stats(const store::State& state) {
  const stages::CgroupStats stats = TRY(stages::read_cgroup_stats(state.cgroup));
  return print(stats_event(state.id, stats, TRY(stages::read_rdt_stats(state.rdt))));
}

// What woke us up.
struct News {
  bool ended = false;
  bool oom = false;
};

Result<News> wait_for_news(const stages::Live& live, stages::OomWatch& watch,
                           Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  const auto timeout_ms =
      static_cast<int>(std::clamp<int64_t>(left, 0, std::numeric_limits<int>::max()));
  // A negative fd is one that poll(2) passes over.
  std::array<pollfd, 2> fds = {{{.fd = live.init.get(), .events = POLLIN, .revents = 0},
                                {.fd = watch.fd(), .events = POLLIN, .revents = 0}}};
  if (::poll(fds.data(), fds.size(), timeout_ms) < 0 && errno != EINTR) {
    return last_error("wait for events");
  }
  const bool ended = fds[0].revents != 0;
  // The kernel counts the kill before its victim has ended, so at the end all is known.
  const bool oom = (ended || fds[1].revents != 0) && watch.take();
  return News{.ended = ended, .oom = oom};
}

Result<> stream(const store::State& state, const stages::Live& live, stages::OomWatch& watch,
                std::chrono::milliseconds interval) {
  Clock::time_point next = Clock::now() + interval;
  while (true) {
    const News news = TRY(wait_for_news(live, watch, next));
    if (news.oom) TRY(print(oom_event(state.id)));
    if (news.ended) return {};
    if (Clock::now() < next) continue;
    next = std::max(next + interval, Clock::now());
    Result<> printed = print_stats(state);
    // It may have ended, and its cgroup be gone, since poll() returned.
    if (!printed && !TRY(live.init.wait_for_end(0))) return printed;
  }
}

Result<int> events(const Globals& globals, const ParsedLine& line) {
  const int64_t interval_ms = TRY(parse_duration_ms("interval", line.value("interval", "5s")));
  const store::Found found = TRY(store::find(globals.root, line.words[0]));
  const stages::Live live = TRY(look_at_running(found));
  if (line.flag("stats")) {
    TRY(print_stats(found.state));
    return 0;
  }
  stages::OomWatch watch = TRY(stages::OomWatch::open(found.state.cgroup));
  TRY(stream(found.state, live, watch, std::chrono::milliseconds(interval_ms)));
  return 0;
}

}  // namespace

const Verb kEvents = {.name = "events",
                      .words = "ID",
                      .help = "print what a container uses, and when it runs out of memory",
                      .options = kOptions,
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = events};

}  // namespace ocirt::commands
