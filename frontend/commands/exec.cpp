// ocictl exec: runs another program in a container.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "frontend/bundle/make_config.h"
#include "frontend/bundle/text.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/foreground.h"
#include "frontend/commands/option_words.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/trees.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 11> kOptions = {{
    {.name = "detach", .short_name = 'd', .value_name = "", .help = "in the background"},
    {.name = "detach-keys", .value_name = "KEYS", .help = "keys that detach (ctrl-p,ctrl-q)"},
    {.name = "env", .short_name = 'e', .value_name = "K=V", .help = "a variable"},
    {.name = "env-file", .value_name = "FILE", .help = "a file of such lines"},
    {.name = "interactive", .short_name = 'i', .value_name = "", .help = "keep stdin open"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "privileged", .value_name = "", .help = "with all capabilities"},
    {.name = "tty", .short_name = 't', .value_name = "", .help = "with a terminal"},
    {.name = "user", .short_name = 'u', .value_name = "USER", .help = "NAME|UID[:GROUP|GID]"},
    {.name = "workdir", .short_name = 'w', .value_name = "PATH", .help = "the working directory"},
    {.name = "preserve-fds", .value_name = "N", .help = "not supported, but for 0"},
}};

// A session that couldn't begin, in podman's words for it.
constexpr int kNoSession = 255;

// The container's own record, changed to what the program is to be.
Result<model::Record> changed_record(const Line& line, model::Record record,
                                     std::vector<std::string> command) {
  record.args = std::move(command);
  record.request.terminal = line.flag("tty");
  record.request.init = false;
  record.request.privileged = record.request.privileged || line.flag("privileged");
  if (line.has("workdir")) record.workdir = line.value("workdir");
  if (line.has("user")) {
    record.user = line.value("user");
    std::erase_if(record.environment,
                  [](const std::string& pair) { return pair.starts_with("HOME="); });
  }
  std::vector<std::string> added;
  for (const std::string& file : line.values("env-file")) TRY(add_environment_file(file, added));
  for (const std::string& text : line.values("env")) add_environment(text, added);
  for (const std::string& pair : added) bundle::set_variable(record.environment, pair);
  if (record.request.terminal && !bundle::find_variable(record.environment, "TERM")) {
    record.environment.emplace_back("TERM=xterm");
  }
  // What the others' namespaces are doing is of no interest to a program in this one.
  const std::string user_namespace = record.request.namespaces.user;
  record.request.namespaces = {.user = user_namespace};
  return record;
}

Result<> write_process(const containers::Engine& engine, const model::Record& record,
                       const containers::Session& session) {
  const bundle::Places places = TRY(containers::places_of(engine, record));
  const bundle::HostView host = TRY(bundle::look_at_host(record, engine.settings, places));
  const nlohmann::json config = TRY(bundle::make_config(record, host, engine.settings));
  const UniqueFd directory =
      TRY(sys::open_at(AT_FDCWD, session.directory.c_str(), O_PATH | O_DIRECTORY));
  return sys::replace_file(directory.get(), "process.json", config.at("process").dump(), 0600);
}

Result<containers::Session> make_session(const containers::Engine& engine,
                                         const model::Record& record, const Line& line) {
  const std::string all = engine.store.roots().run_directory(record.id) + "/exec";
  containers::Session session{.id = TRY(engine.store.free_id()),
                              .directory = {},
                              .terminal = line.flag("tty"),
                              .open_stdin = line.flag("interactive")};
  session.directory = all + '/' + session.id;
  for (const std::string& path : {all, session.directory}) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
      return system_error(errno, fmt::format("make \"{}\"", path));
    }
  }
  return session;
}

// What is left of a session. The container's end takes the rest with it.
void remove_session(const containers::Session& session) {
  const std::string all = session.directory.substr(0, session.directory.rfind('/'));
  const Result<UniqueFd> directory =
      sys::open_at(AT_FDCWD, all.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (directory) (void)containers::remove_files(directory->get(), session.id);
}

Result<int> run_session(const containers::Engine& engine, const model::Record& record,
                        const containers::Session& session, const Line& line,
                        const std::string& detach_keys) {
  if (line.flag("detach")) {
    TRY(containers::start_session(engine, record, session, {}));
    TRY(print(session.id + '\n'));
    return 0;
  }
  std::optional<containers::AttachClient> client;
  const auto attach = [&]() -> Result<> {
    client.emplace(TRY(containers::AttachClient::connect(session.directory)));
    if (session.terminal) client->tell_size();
    return {};
  };
  const containers::StartedSession started =
      TRY(containers::start_session(engine, record, session, attach));
  // As podman's: signals end the client, not the program.
  const Foreground how{
      .input = session.open_stdin, .signal_proxy = false, .detach_keys = detach_keys};
  if (TRY(copy_for(engine, record, *client, how)) == containers::AttachEnd::Detached) return 0;
  const int code = TRY(containers::wait_for_session(started));
  remove_session(session);
  return code;
}

Result<int> exec(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  std::vector<std::string> words = TRY(words_after_latest(all, line));
  if (words.empty()) {
    return make_error(ErrorKind::InvalidConfig, "exec needs the name or ID of a container");
  }
  const std::string wanted = words.front();
  words.erase(words.begin());
  if (words.empty())
    return make_error(ErrorKind::InvalidConfig,
                      "must provide a non-empty command "
                      "to start an exec session: invalid "
                      "argument");
  if (line.has("preserve-fds") && line.value("preserve-fds") != "0") {
    return make_error(ErrorKind::Unsupported, "exec --preserve-fds is not supported");
  }
  const model::Record record = TRY(all.store().find(wanted));
  const containers::Engine engine = TRY(all.engine(record));
  const std::string run = engine.store.roots().run_directory(record.id);
  const std::string detach_keys = TRY(detach_keys_of(all, line));
  if (!sys::exists((run + "/pidfile").c_str())) {
    log_error(make_error(ErrorKind::BadState,
                         "can only create exec sessions on running containers: container state "
                         "improper")
                  .with_hint(fmt::format("ocictl start {}", wanted)));
    return kNoSession;
  }
  const model::Record changed = TRY(changed_record(line, record, std::move(words)));
  const containers::Session session = TRY(make_session(engine, record, line));
  Result<> written = write_process(engine, changed, session);
  Result<int> status = written ? run_session(engine, record, session, line, detach_keys)
                               : Result<int>(written.error());
  if (status) return status;
  remove_session(session);
  const bool is_stopped = status.error().text.starts_with("exec failed");
  log_error(status.error());
  return is_stopped ? kNoSession : containers::status_of(status.error());
}

}  // namespace

const Verb kExec = {.name = "exec",
                    .words = "CONTAINER COMMAND [ARGUMENT...]",
                    .help = "run a command in a running container",
                    .options = kOptions,
                    .stops_at_word = true,
                    .run = exec};

}  // namespace ocirt::frontend
