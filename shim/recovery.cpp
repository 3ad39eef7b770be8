// What a monitor leaves behind, so that its death loses no exit code: an entry in --recovery-dir.
#include "shim/recovery.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <string_view>
#include <utility>

#include "shim/diagnostics.h"
#include "shim/model/recovery_note.h"
#include "shim/recovery_files.h"
#include "sys/file.h"
#include "sys/mount.h"

namespace ocirt::shim {
namespace {

constexpr mode_t kNoteMode = 0600;  // the environment may hold secrets

// Empty files are what a file can be mounted on.
Result<> pin(int directory, const std::string& name, int pidfd) {
  const std::string file = payload_file(name);
  sys::MountFd mount = TRY(sys::open_tree(pidfd, "", 0));
  const UniqueFd target = TRY(
      sys::open_at(directory, file.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kNoteMode));
  const Result<UniqueFd> attached = std::move(mount).attach(target.get());
  if (attached) return {};
  (void)::unlinkat(directory, file.c_str(), 0);  // the first error matters more
  return attached.error();
}

Result<RecoveryNote> note_of(const Options& options, const Payload& payload) {
  RecoveryNote note{.pid = payload.pid(),
                    .start_time = TRY(sys::identify_process(payload.pid())).start_time,
                    .boot_id = TRY(own_boot_id()),
                    .started_s = ::time(nullptr),
                    .cid = options.cid,
                    .bundle = options.bundle,
                    .exit_dir = options.exit_dir,
                    .persist_dir = options.persist_dir,
                    .exit_command = options.exit_command,
                    .exit_command_args = options.exit_command_args};
  if (note.exit_command.empty()) return note;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    note.environment.emplace_back(*variable);
  }
  return note;
}

// What a dead monitor of the same container left, of a run that is over: its payload isn't ours.
Result<> remove_stale(int directory, const std::string& name) {
  for (const std::string& file : {unfinished_file(name), name}) {
    const Result<UniqueFd> lock = lock_of_the_dead(directory, file);
    if (!lock && lock.error().errno_value == ENOENT) continue;
    if (!lock) return lock.error();
    if (!*lock)
      return make_error(ErrorKind::BadState, "\"" + file + "\" is of a monitor that lives");
    remove_entry(directory, name);
  }
  return {};
}

}  // namespace

Result<> RecoveryEntry::make(const Options& options, const Payload& payload) {
  if (options.recovery_dir.empty()) return {};
  UniqueFd directory = TRY(open_recovery_dir(options.recovery_dir, true));
  const std::string& name = options.cuuid;
  TRY(check_entry_name(name));
  TRY(remove_stale(directory.get(), name));
  const std::string temporary = unfinished_file(name);
  UniqueFd note = TRY(sys::open_at(directory.get(), temporary.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kNoteMode));
  if (::flock(note.get(), LOCK_EX | LOCK_NB) != 0) return last_error("lock \"" + temporary + "\"");
  const Result<> pinned = pin(directory.get(), name, payload.fd());
  if (!pinned)
    tell(Verbosity::Info, "a lost exit code won't be found: " + pinned.error().message());
  Result<> written = {};
  const Result<RecoveryNote> content = note_of(options, payload);
  written = content ? sys::write_all(note.get(), text_of(*content)) : Result<>(content.error());
  if (written &&
      ::renameat(directory.get(), temporary.c_str(), directory.get(), name.c_str()) != 0) {
    written = last_error("rename \"" + temporary + "\"");
  }
  directory_ = std::move(directory);
  name_ = name;
  if (written) {
    note_ = std::move(note);
    return {};
  }
  (void)::unlinkat(directory_.get(), temporary.c_str(), 0);  // the first error matters more
  remove();
  return written;
}

void RecoveryEntry::remove() {
  if (!directory_) return;
  remove_entry(directory_.get(), name_);
  note_.reset();
  directory_.reset();
}

}  // namespace ocirt::shim
