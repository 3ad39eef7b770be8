// Starts containers and programs in them, through the monitor.
#include "frontend/containers/launch.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "frontend/bundle/make_config.h"
#include "frontend/containers/cleanup.h"
#include "frontend/containers/events.h"
#include "frontend/containers/health.h"
#include "frontend/containers/status.h"
#include "frontend/containers/volumes.h"
#include "frontend/network/network.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::containers {

namespace {

constexpr mode_t kPrivate = 0700;

Result<> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), kPrivate) == 0 || errno == EEXIST) return {};
  return system_error(errno, fmt::format("make \"{}\"", path));
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;

  static Result<Pipe> make() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0) return last_error("make a pipe");
    return Pipe{.read = UniqueFd(fds[0]), .write = UniqueFd(fds[1])};
  }
};

/// A line of the sync pipe: {"data": 123}, {"data": -1, "message": "..."}.
struct SyncMessage {
  int data = 0;
  std::string text;
};

// Errors: System if the monitor ended without a word.
Result<SyncMessage> read_message(int fd) {
  std::string line;
  std::array<char, 16 * 1024> buffer;
  while (line.find('\n') == std::string::npos) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error("read what the monitor tells");
    if (got == 0) return make_error(ErrorKind::System, "the monitor was killed");
    line.append(buffer.data(), static_cast<size_t>(got));
  }
  const nlohmann::json json =
      nlohmann::json::parse(line.substr(0, line.find('\n')), nullptr, false);
  if (!json.is_object() || !json.contains("data") || !json["data"].is_number()) {
    return make_error(ErrorKind::System, "the monitor told what we don't understand");
  }
  SyncMessage message{.data = json["data"].get<int>(), .text = {}};
  if (const auto text = json.find("message"); text != json.end() && text->is_string()) {
    message.text = text->get<std::string>();
  }
  return message;
}

void add(std::vector<std::string>& words, std::initializer_list<std::string> more) {
  words.insert(words.end(), more);
}

// What the monitors of containers and of sessions have in common.
std::vector<std::string> monitor_words(const Engine& engine, const model::Record& record,
                                       const std::string& directory, const std::string& uuid) {
  const Programs& programs = engine.runtime.programs();
  std::vector<std::string> words = {programs.shim, "--api-version"};
  add(words, {"--cid", record.id, "--cuuid", uuid, "--name", record.name});
  add(words, {"--runtime", programs.runtime, "--bundle", directory, "--full-attach"});
  add(words, {"--container-pidfile", directory + "/pidfile"});
  add(words, {"--conmon-pidfile", directory + "/conmon.pid"});
  add(words, {"--log-level", "error"});
  for (const std::string& word : engine.runtime.global_words()) add(words, {"--runtime-arg", word});
  return words;
}

std::string log_word(const model::Record& record) {
  if (record.log_driver == "none" || record.log_driver == "passthrough" ||
      record.log_driver == "journald") {
    return record.log_driver;
  }
  return record.log_driver + ':' + record.log_path;
}

std::vector<std::string> container_words(const Engine& engine, const model::Record& record) {
  const Roots& roots = engine.store.roots();
  std::vector<std::string> words =
      monitor_words(engine, record, roots.run_directory(record.id), record.id);
  add(words, {"--persist-dir", roots.container(record.id), "--log-path", log_word(record)});
  add(words, {"--recovery-dir", roots.recovery()});
  if (record.request.terminal) words.emplace_back("--terminal");
  if (record.request.open_stdin && !record.request.terminal) words.emplace_back("--stdin");
  if (const auto size = record.request.log_options.find("max-size");
      size != record.request.log_options.end()) {
    add(words, {"--log-size-max", size->second});
  }
  if (const auto tag = record.request.log_options.find("tag");
      tag != record.request.log_options.end() && record.log_driver == "journald") {
    add(words, {"--log-tag", tag->second});
  }
  if (record.request.timeout) add(words, {"--timeout", std::to_string(*record.request.timeout)});
  if (engine.settings.cgroup_manager == "systemd") words.emplace_back("--systemd-cgroup");
  if (record.request.preserve_fds > 0) {
    add(words, {"--runtime-opt", "--preserve-fds", "--runtime-opt",
                std::to_string(record.request.preserve_fds)});
  }
  add(words, {"--exit-command", engine.runtime.programs().self});
  for (const std::string& word :
       {std::string("--root"), roots.store, std::string("--runroot"), roots.run,
        std::string("container"), std::string("cleanup"), record.id}) {
    add(words, {"--exit-command-arg", word});
  }
  return words;
}

/// What a monitor gets of our fds.
struct MonitorFds {
  bool stdio = false;      // ours are the program's own: --log-driver passthrough
  unsigned preserved = 0;  // 3, 4, ...: --preserve-fds
  std::vector<std::pair<const char*, int>> pipes;  // by the name of their variable
};

// Starts the monitor, which goes into the background at once.
Result<> start_monitor(std::vector<std::string> words, const MonitorFds& fds) {
  sys::Program program{.path = words[0], .args = std::move(words), .env = own_environment()};
  if (fds.stdio) program.stdin_fd = STDIN_FILENO;
  constexpr int kFirst = 3;
  for (unsigned i = 0; i < fds.preserved; ++i) {
    program.more_fds.push_back(kFirst + static_cast<int>(i));
  }
  for (const auto& [name, fd] : fds.pipes) {
    program.env.push_back(fmt::format("{}={}", name, kFirst + program.more_fds.size()));
    program.more_fds.push_back(fd);
  }
  sys::Child child = TRY(sys::start_program(program));
  const sys::ExitStatus status = TRY(child.wait());
  // What was wrong otherwise comes through the pipe.
  if (status.signalled) return make_error(ErrorKind::System, "the monitor was killed");
  return {};
}

// What the runtime and the monitor expect in RUN/ID.
Result<> make_run_directory(const Engine& engine, const model::Record& record) {
  const Roots& roots = engine.store.roots();
  const std::string run = roots.run_directory(record.id);
  TRY(make_directory(roots.runtime_state()));
  TRY(make_directory(run));
  const std::string config = roots.container(record.id) + "/config.json";
  if (::symlink(config.c_str(), (run + "/config.json").c_str()) != 0 && errno != EEXIST) {
    return system_error(errno, fmt::format("link to \"{}\"", config));
  }
  return {};
}

// What a former run left that would be taken for this one's.
void forget_exit(const std::string& directory) {
  for (const char* name : {"/exit.json", "/exit", "/oom"}) {
    (void)::unlink((directory + name).c_str());  // there needn't be one
  }
}

Result<pid_t> create(const Engine& engine, const model::Record& record) {
  Pipe sync = TRY(Pipe::make());
  TRY(start_monitor(container_words(engine, record),
                    {.stdio = record.log_driver == "passthrough",
                     .preserved = record.request.preserve_fds,
                     .pipes = {{"_OCI_SYNCPIPE", sync.write.get()}}}));
  sync.write.reset();
  const SyncMessage message = TRY(read_message(sync.read.get()));
  if (message.data <= 0) return runtime_error(message.text);
  return message.data;
}

}  // namespace

Result<bundle::Places> places_of(const Engine& engine, const model::Record& record) {
  bundle::Places places{.directory = engine.store.roots().container(record.id),
                        .volumes = engine.store.roots().store + "/volumes",
                        .joined = {}};
  const model::RequestedNamespaces& asked = record.request.namespaces;
  for (const std::string* each :
       {&asked.network, &asked.ipc, &asked.pid, &asked.uts, &asked.cgroup, &asked.user}) {
    constexpr std::string_view kOther = "container:";
    if (!each->starts_with(kOther)) continue;
    const std::string name = each->substr(kOther.size());
    const model::Record other = TRY(engine.store.find(name));
    const Status status = TRY(find_status(engine.store, engine.runtime, other));
    if (status.pid == 0) {
      return make_error(
          ErrorKind::BadState,
          fmt::format("container {} is not running: there are no namespaces to join", name));
    }
    places.joined[name] = status.pid;
  }
  return places;
}

Result<Launched> launch(const Engine& engine, model::Record& record) {
  const Roots& roots = engine.store.roots();
  const std::string boot = TRY(boot_id());
  if (record.boot_id != boot || record.stopped_by_user) {
    record.boot_id = boot;
    record.stopped_by_user = false;
    TRY(engine.store.save(record));
  }
  network::Directories where = roots.directories(record.id);
  where.definitions = engine.settings.network_config_directory;
  forget_exit(where.container);
  TRY(make_run_directory(engine, record));
  TRY(Volumes(roots.store).prepare(record));
  TRY(network::write_files(record, where));
  TRY(bundle::write_bundle(record, engine.settings, TRY(places_of(engine, record))));
  Launched launched;
  Result<pid_t> created = create(engine, record);
  if (created) {
    launched.init = *created;
    Result<network::NetworkState> attached = network::attach(record, where, launched.init);
    if (!attached) created = attached.error();
  }
  if (!created) {
    (void)clean_up(engine, record);  // the first error matters more
    return created.error();
  }
  if (const std::optional<Monitor> monitor = find_monitor(roots, record.id)) {
    launched.monitor = monitor->pid;
  }
  return launched;
}

Result<> open_gate(const Engine& engine, const model::Record& record) {
  TRY(engine.runtime.call({"start", record.id}));
  tell_event(engine.store.roots(), record, "start");
  return start_health_watch(engine, record);
}

Result<StartedSession> start_session(const Engine& engine, const model::Record& record,
                                     const Session& session,
                                     const std::function<Result<>()>& attach) {
  std::vector<std::string> words = monitor_words(engine, record, session.directory, session.id);
  add(words, {"--exec", "--exec-process-spec", session.directory + "/process.json"});
  add(words, {"--log-path", "none", "--persist-dir", session.directory});
  if (session.terminal) words.emplace_back("--terminal");
  if (session.open_stdin && !session.terminal) words.emplace_back("--stdin");
  if (attach) words.emplace_back("--exec-attach");
  Pipe sync = TRY(Pipe::make());
  Pipe start = TRY(Pipe::make());
  Pipe ready = TRY(Pipe::make());
  TRY(sys::write_all(start.write.get(), "+"));  // nobody moves the monitor to another cgroup
  TRY(start_monitor(std::move(words), {.pipes = {{"_OCI_SYNCPIPE", sync.write.get()},
                                                 {"_OCI_STARTPIPE", start.read.get()},
                                                 {"_OCI_ATTACHPIPE", ready.write.get()}}}));
  sync.write.reset();
  start.read.reset();
  ready.write.reset();
  if (attach) {
    // Without the word that clients can attach, the reason is in the other pipe.
    if (const Result<SyncMessage> attachable = read_message(ready.read.get())) TRY(attach());
    (void)sys::write_all(start.write.get(), "+");
  }
  start.write.reset();
  const SyncMessage message = TRY(read_message(sync.read.get()));
  if (message.data <= 0) return runtime_error(message.text);
  return StartedSession{.program = message.data, .sync = std::move(sync.read)};
}

Result<int> wait_for_session(const StartedSession& started) {
  const Result<SyncMessage> message = read_message(started.sync.get());
  if (!message || message->data < 0) return kUnknownExitCode;
  return message->data;
}

}  // namespace ocirt::containers
