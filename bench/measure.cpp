// Times commands that take turns: A B C D, A D C B, C D A B, ... Runs in: its own process; suite.py
// writes its plan and reads its results.
//
//   measure PLAN.json RESULTS.json
//
// A plan names scenarios; a scenario has one case for each program; a case is a list of steps which
// together are one run. Programs alternate, so that what changes on the machine meanwhile meets all
// of them alike. A case that fails leaves the race with its reason; the others go on.

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace {

using Json = nlohmann::ordered_json;

/// One command, or a wait for the container's process to end.
struct Step {
  std::string name;
  std::vector<std::string> argv;  ///< "{n}" becomes the number of the run
  std::string wait_pid_file;      ///< instead of argv: wait until the process named there has ended
};

struct Case {
  std::string program;
  std::vector<Step> setup;     ///< once, before the first run
  std::vector<Step> steps;     ///< each run
  std::vector<Step> teardown;  ///< once, at the end, and after a failure; its failures don't count
  std::string failure;         ///< empty, or why this case left the race
  Json times_us = Json::object();  ///< step name → microseconds, one per run
};

struct Settings {
  int rounds = 0;
  int warmup_rounds = 0;
  int settle_ms = 0;       ///< pause before each run: the kernel takes namespaces down late
  unsigned timeout_s = 0;  ///< for a step
  std::string stderr_path;
};

volatile sig_atomic_t g_child = 0;  // a signal handler can be given no other argument

void kill_child(int) {
  if (g_child > 0) kill(g_child, SIGKILL);
}

[[noreturn]] void die(const std::string& text) {
  std::fprintf(stderr, "measure: %s\n", text.c_str());
  std::exit(1);
}

double now_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

std::vector<Step> read_steps(const Json& scenario_case, const char* key) {
  std::vector<Step> steps;
  for (const Json& step : scenario_case.value(key, Json::array())) {
    steps.push_back({.name = step.value("name", ""),
                     .argv = step.value("argv", std::vector<std::string>{}),
                     .wait_pid_file = step.value("wait_pid_file", "")});
  }
  return steps;
}

Case read_case(const Json& json) {
  return {.program = json.at("program").get<std::string>(),
          .setup = read_steps(json, "setup"),
          .steps = read_steps(json, "steps"),
          .teardown = read_steps(json, "teardown"),
          .failure = {}};
}

std::string with_number(std::string text, int number) {
  const size_t at = text.find("{n}");
  return at == std::string::npos ? text : text.replace(at, 3, std::to_string(number));
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string describe(const Step& step, int status, const std::string& stderr_path) {
  std::string text = step.name + ": ";
  if (WIFSIGNALED(status)) {
    text += "ended by signal " + std::to_string(WTERMSIG(status));
  } else {
    text += "exit status " + std::to_string(WEXITSTATUS(status));
  }
  std::string said = read_file(stderr_path);
  while (!said.empty() && said.back() == '\n') said.pop_back();
  if (said.size() > 300) said = "..." + said.substr(said.size() - 300);
  return said.empty() ? text : text + ": " + said;
}

/// Waits until the container's first process has ended; we are its reaper once its runtime is gone.
/// Returns why that failed, or nothing.
std::optional<std::string> wait_for_container(const std::string& pid_file) {
  const pid_t pid = std::atoi(read_file(pid_file).c_str());
  if (pid <= 0) return "no pid in " + pid_file;
  g_child = pid;
  int status = 0;
  if (waitpid(pid, &status, 0) != pid)
    return "wait for the container: " + std::string(strerror(errno));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return "the payload failed";
  return std::nullopt;
}

/// Runs one command, standard input and output on /dev/null. Returns its wall-clock time in
/// microseconds, from before it is spawned until it has been reaped, or -1 with `failure` set.
double run_command(const Step& step, int number, const Settings& settings, std::string& failure) {
  std::vector<std::string> words;
  for (const std::string& word : step.argv) words.push_back(with_number(word, number));
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, settings.stderr_path.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  int status = 0;
  const double start_us = now_us();
  const int error = posix_spawn(&pid, argv[0], &files, nullptr, argv.data(), environ);
  if (error == 0) {
    g_child = pid;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  const double end_us = now_us();
  posix_spawn_file_actions_destroy(&files);

  if (error != 0) failure = step.name + ": " + argv[0] + ": " + strerror(error);
  if (error == 0 && status != 0) failure = describe(step, status, settings.stderr_path);
  return failure.empty() ? end_us - start_us : -1;
}

/// Runs one step under the time limit. Returns its microseconds; 0 for a wait, which is not timed.
double run_step(const Step& step, int number, const Settings& settings, std::string& failure) {
  double elapsed_us = 0;
  g_child = 0;
  alarm(settings.timeout_s);
  if (step.wait_pid_file.empty()) {
    elapsed_us = run_command(step, number, settings, failure);
  } else if (std::optional<std::string> problem = wait_for_container(step.wait_pid_file)) {
    failure = *problem;
  }
  alarm(0);
  return elapsed_us;
}

/// What a container leaves to its reaper.
void reap_leftovers() {
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

void tear_down(const Case& racer, int number, const Settings& settings) {
  std::string ignored;
  for (const Step& step : racer.teardown) {
    ignored.clear();
    run_step(step, number, settings, ignored);
  }
  reap_leftovers();
}

void fail(Case& racer, const std::string& failure, int number, const Settings& settings) {
  racer.failure = failure;
  std::fprintf(stderr, "measure: %s left the race: %s\n", racer.program.c_str(), failure.c_str());
  tear_down(racer, number, settings);
}

/// One run of one program: its steps in order, their times kept unless this is the warm-up.
void run_once(Case& racer, int number, bool keep, const Settings& settings) {
  std::vector<std::pair<std::string, double>> times;
  for (const Step& step : racer.steps) {
    std::string failure;
    const double elapsed_us = run_step(step, number, settings, failure);
    if (!failure.empty()) return fail(racer, failure, number, settings);
    if (step.wait_pid_file.empty()) times.emplace_back(step.name, elapsed_us);
  }
  reap_leftovers();
  if (!keep) return;
  for (const auto& [name, elapsed_us] : times) racer.times_us[name].push_back(elapsed_us);
}

/// Each round starts with the next program, and every second one goes backwards: nobody always runs
/// first, or always in the wake of the same other.
std::vector<size_t> order_of_round(size_t programs, size_t round) {
  std::vector<size_t> order;
  for (size_t turn = 0; turn < programs; turn++) order.push_back((turn + round) % programs);
  if (round % 2 == 1) std::reverse(order.begin(), order.end());
  return order;
}

Json race(const Json& scenario, const Settings& settings) {
  std::vector<Case> racers;
  for (const Json& json : scenario.at("cases")) racers.push_back(read_case(json));

  for (Case& racer : racers) {
    for (const Step& step : racer.setup) {
      std::string failure;
      run_step(step, 0, settings, failure);
      if (failure.empty()) continue;
      fail(racer, failure, 0, settings);
      break;
    }
  }

  for (int round = 0; round < settings.warmup_rounds + settings.rounds; round++) {
    for (size_t index : order_of_round(racers.size(), static_cast<size_t>(round))) {
      if (!racers[index].failure.empty()) continue;
      usleep(static_cast<useconds_t>(settings.settle_ms) * 1000);
      run_once(racers[index], round, round >= settings.warmup_rounds, settings);
    }
  }

  Json results = Json::array();
  for (const Case& racer : racers) {
    if (racer.failure.empty()) tear_down(racer, 0, settings);
    results.push_back(
        {{"program", racer.program}, {"failure", racer.failure}, {"times_us", racer.times_us}});
  }
  return {{"scenario", scenario.at("name")}, {"cases", results}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) die("usage: measure PLAN.json RESULTS.json");
  std::ifstream plan_file(argv[1]);
  if (!plan_file) die(std::string("cannot open ") + argv[1]);
  const Json plan = Json::parse(plan_file);
  const Settings settings = {.rounds = plan.at("rounds").get<int>(),
                             .warmup_rounds = plan.at("warmup_rounds").get<int>(),
                             .settle_ms = plan.at("settle_ms").get<int>(),
                             .timeout_s = plan.at("timeout_s").get<unsigned>(),
                             .stderr_path = plan.at("stderr_path").get<std::string>()};

  // Detached containers become our children, so that we see them end without polling.
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) die("cannot become a subreaper");
  struct sigaction on_alarm {};
  on_alarm.sa_handler = kill_child;
  sigaction(SIGALRM, &on_alarm, nullptr);

  Json results = Json::array();
  for (const Json& scenario : plan.at("scenarios")) {
    std::fprintf(stderr, "measuring %s\n", scenario.at("title").get<std::string>().c_str());
    results.push_back(race(scenario, settings));
  }
  std::ofstream results_file(argv[2]);
  results_file << results.dump(1) << '\n';
  results_file.close();
  if (!results_file) die(std::string("cannot write ") + argv[2]);
  return 0;
}
