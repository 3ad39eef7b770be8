// ocirt-shim --recover: does what monitors that have died would have done at their payload's end.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shim/clock.h"
#include "shim/diagnostics.h"
#include "shim/exit_files.h"
#include "shim/model/recovery_note.h"
#include "shim/model/reports.h"
#include "shim/recovery.h"
#include "shim/recovery_files.h"
#include "shim/spawn.h"
#include "sys/file.h"

namespace ocirt::shim {
namespace {

constexpr size_t kLongestNote = 8 << 20;  // an environment may have as much as execve(2) takes

/// A note whose monitor is gone: ours while its lock is.
struct Orphan {
  UniqueFd file;
  RecoveryNote note;
  timespec written{};
};

Result<std::vector<std::string>> names_in(int directory) {
  UniqueFd copy = TRY(sys::open_at(directory, ".", O_RDONLY | O_DIRECTORY));
  const std::unique_ptr<DIR, int (*)(DIR*)> list(::fdopendir(std::move(copy).release()),
                                                 ::closedir);
  if (list == nullptr) return last_error("list the recovery directory");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(list.get())) names.emplace_back(entry->d_name);
  return names;
}

Result<Orphan> adopt(UniqueFd file) {
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return last_error("look at a recovery note");
  RecoveryNote note = TRY(parse_recovery_note(TRY(sys::read_all(file.get(), kLongestNote))));
  return Orphan{.file = std::move(file), .note = std::move(note), .written = about.st_mtim};
}

// How the payload ended; nothing while it runs, or is a zombie that nobody has reaped yet.
std::optional<Ending> ending_of(int directory, const std::string& name, const RecoveryNote& note) {
  Ending ending;
  ending.pid = note.pid;
  ending.started.seconds = note.started_s;
  ending.finished = WallClock().now();  // the kernel keeps no time: it has ended by now
  Result<UniqueFd> pinned = sys::open_at(directory, payload_file(name).c_str(), O_RDONLY);
  if (pinned && is_pidfd(pinned->get())) {
    Payload payload = Payload::adopt(note.pid, std::move(*pinned));
    if (!payload.has_ended(ending)) return std::nullopt;
    return ending;
  }
  const Result<std::string> boot = own_boot_id();
  const Result<sys::ProcessIdentity> process = sys::identify_process(note.pid);
  const bool is_there =
      boot && *boot == note.boot_id && process && process->start_time == note.start_time;
  if (is_there) return std::nullopt;
  ending.is_known = false;
  return ending;
}

bool is_newer(const std::string& path, const timespec& than) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return false;
  return std::pair(about.st_mtim.tv_sec, about.st_mtim.tv_nsec) >=
         std::pair(than.tv_sec, than.tv_nsec);
}

// What the monitor has written itself is better: it knew of timeouts, and when.
Result<> write_missing(const std::string& directory, const std::string& name, const timespec& born,
                       const std::string& content) {
  if (directory.empty() || is_newer(directory + "/" + name, born)) return {};
  Result<> written = ReservedFile(directory, name).commit(content);
  // An engine that has removed all of it needs no code.
  if (!written && written.error().errno_value == ENOENT) return {};
  return written;
}

Result<> record(const Orphan& orphan, Ending& ending) {
  const RecoveryNote& note = orphan.note;
  ending.oom_killed = is_newer(note.bundle + "/oom", orphan.written) ||
                      is_newer(note.persist_dir + "/oom", orphan.written);
  const std::string number = std::to_string(exit_number(ending));
  const std::string place = note.persist_dir.empty() ? note.bundle : note.persist_dir;
  TRY(write_missing(place, "exit.json", orphan.written, exit_record(ending)));
  TRY(write_missing(note.persist_dir, "exit", orphan.written, number));
  return write_missing(note.exit_dir, note.cid, orphan.written, number);
}

// What it says is nobody's answer: as under a monitor, its stdio leads nowhere.
Result<> run_exit_command(const RecoveryNote& note) {
  if (note.exit_command.empty()) return {};
  const UniqueFd null = TRY(sys::open_at(AT_FDCWD, "/dev/null", O_RDWR));
  std::vector<std::string> line = {note.exit_command};
  line.insert(line.end(), note.exit_command_args.begin(), note.exit_command_args.end());
  std::vector<char*> variables;
  for (const std::string& variable : note.environment) {
    variables.push_back(const_cast<char*>(variable.c_str()));
  }
  variables.push_back(nullptr);
  char** const ours = std::exchange(environ, variables.data());
  Result<sys::Child> command = start({.argv = line,
                                      .stdin_fd = null.get(),
                                      .stdout_fd = null.get(),
                                      .stderr_fd = null.get(),
                                      .closes_fds = true,
                                      .searches_path = true});
  environ = ours;
  if (!command) return command.error();
  (void)TRY(command->wait());  // what it makes of it is its own
  return {};
}

// What there is to say of an entry; empty where there is nothing.
Result<std::string> recover(int directory, const std::string& name) {
  const bool is_unfinished = !name_of_unfinished(name).empty();
  UniqueFd file = TRY(lock_of_the_dead(directory, name));
  if (!file) return std::string(is_unfinished ? "" : "monitored");
  if (is_unfinished) {
    // No engine has heard of its payload, or all is done.
    remove_entry(directory, name_of_unfinished(name));
    return std::string();
  }
  const Orphan orphan = TRY(adopt(std::move(file)));
  std::optional<Ending> ending = ending_of(directory, name, orphan.note);
  if (!ending) return std::string("running");
  TRY(record(orphan, *ending));
  const Result<> run = run_exit_command(orphan.note);
  if (!run) tell(Verbosity::Error, run.error().message());  // trying again would fail again
  remove_entry(directory, name);
  return ending->is_known ? std::to_string(exit_number(*ending)) : "unknown";
}

}  // namespace

int recover_all(const std::string& directory) {
  const Result<UniqueFd> opened = open_recovery_dir(directory, false);
  if (!opened && opened.error().errno_value == ENOENT) return 0;  // nobody has left anything
  const Result<std::vector<std::string>> names =
      opened ? names_in(opened->get()) : Result<std::vector<std::string>>(opened.error());
  if (!names) {
    tell(Verbosity::Error, names.error().message());
    return 1;
  }
  int status = 0;
  for (const std::string& name : *names) {
    const bool is_note = name[0] != '.' && !is_payload_file(name);
    if (!is_note && name_of_unfinished(name).empty()) continue;
    const Result<std::string> outcome = recover(opened->get(), name);
    if (outcome && !outcome->empty()) {
      (void)sys::write_all(STDOUT_FILENO, name + " " + *outcome + "\n");  // seen by who asked
    } else if (!outcome && outcome.error().errno_value != ENOENT) {
      tell(Verbosity::Error, "recover " + name + ": " + outcome.error().message());
      status = 1;
    }
  }
  return status;
}

}  // namespace ocirt::shim
