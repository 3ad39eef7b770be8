// The helper process itself: namespaces, and a fork for each job. Runs in: helper.
#include "frontend/unpack/helper_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "frontend/unpack/confine.h"
#include "frontend/unpack/fd_packet.h"
#include "frontend/unpack/tar_writer.h"
#include "frontend/unpack/tree_remove.h"
#include "frontend/unpack/tree_tar.h"
#include "frontend/unpack/unpack_layer.h"
#include "sys/file.h"

namespace ocirt::unpack {

namespace {

// Runs in: helper, once its ids are mapped.
//
// Its mounts are changed here, once: each umount waits for all processors (RCU), ten milliseconds
// that pass while ocictl talks to the registry. A job needs no more than chroot(2).
Result<> set_up(const StoreIds& ids, const char* workspace) {
  if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0) return last_error("become root");
  if (ids.kind != StoreIds::Kind::Single && ::setgroups(0, nullptr) != 0) {
    return last_error("leave all groups");
  }
  if (::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) != 0) {
    return last_error("make namespaces for unpacking");
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return last_error("make the mounts private");
  }
  {
    const UniqueFd directory =
        TRY(sys::open_at(AT_FDCWD, workspace, O_PATH | O_DIRECTORY | O_NOFOLLOW));
    TRY(enter_directory(directory.get()));
  }
  (void)::umask(0);  // the modes of files are the archive's
  // A tree is as deep as the image wants, and is removed by one fd for each level.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
  }
  // Nothing of the environment is of use here, and it may hold secrets.
  (void)::clearenv();
  return {};
}

// Makes `path` of the workspace the root, if it is still the directory that ocictl has in mind.
// Nothing leads out again: there is no fd of a directory outside, and soon no chroot(2).
Result<> enter_tree(const char* path, int wanted) {
  const UniqueFd tree = TRY(sys::open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  struct stat asked {};
  struct stat found {};
  if (::fstat(wanted, &asked) != 0 || ::fstat(tree.get(), &found) != 0 ||
      asked.st_dev != found.st_dev || asked.st_ino != found.st_ino) {
    return make_error(ErrorKind::BadState, fmt::format("\"{}\" was moved meanwhile", path));
  }
  if (::fchdir(tree.get()) != 0 || ::chroot(".") != 0) return last_error("enter the layer");
  return {};
}

std::string error_text(const Error& error) {
  return fmt::format("error {} {} {}", static_cast<int>(error.kind), error.errno_value, error.text);
}

Result<std::string> unpack_job(FdPacket& packet) {
  if (packet.fds.size() != 5) return make_error(ErrorKind::Bug, "an unpack job without its fds");
  UnpackOptions options;
  char owners = 'k';
  Limits& limits = options.limits;
  int path = 0;
  if (std::sscanf(packet.text.c_str(), "unpack %c %lu %lu %lu %lu %n", &owners,
                  &limits.most_entries, &limits.most_bytes, &limits.free_bytes, &limits.most_ratio,
                  &path) != 5) {
    return make_error(ErrorKind::Bug, "an unpack job without its numbers");
  }
  if (owners == 's') options.owners = Owners::Squashed;
  if (owners == 'a') options.owners = Owners::Shared;
  TRY(enter_tree(packet.text.c_str() + path, packet.fds[1].get()));
  packet.fds[1].reset();  // it leads, by "..", to where the host is
  const int root = ::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return last_error("open the layer");
  const Unpacked done = TRY(unpack_layer(packet.fds[2].get(), packet.fds[3].get(),
                                         sys::RootDir(UniqueFd(root)), options, drop_everything));
  const TreeCounts& counts = done.counts;
  return fmt::format("{} {} {} {} {} {} {} {}", done.diff_id, done.tar_bytes, counts.entries,
                     counts.file_bytes, counts.devices_skipped, counts.owners_squashed,
                     counts.largest_id, counts.replaced);
}

Result<std::string> tar_job(const FdPacket& packet) {
  if (packet.fds.size() != 4) return make_error(ErrorKind::Bug, "a tar job without its fds");
  TRY(write_tar(packet.fds[1].get(), packet.fds[3].get(), packet.fds[2].get()));
  return std::string();
}

// "tree WHITEOUTS ONE_FILE_SYSTEM AS\nNAME".
Result<std::string> tree_job(const FdPacket& packet) {
  TreeTarOptions options;
  int whiteouts = 0;
  int one_file_system = 0;
  int consumed = 0;
  const size_t newline = packet.text.find('\n');
  if (packet.fds.size() != 3 || newline == std::string::npos ||
      std::sscanf(packet.text.c_str(), "tree %d %d%n", &whiteouts, &one_file_system, &consumed) !=
          2) {
    return make_error(ErrorKind::Bug, "a tree job without its parts");
  }
  options.translate_whiteouts = whiteouts != 0;
  options.one_file_system = one_file_system != 0;
  const auto as = static_cast<size_t>(consumed) + 1;  // after the space
  options.as = packet.text.substr(as, newline - as);
  TRY(write_tree_tar(packet.fds[1].get(), packet.text.substr(newline + 1).c_str(),
                     packet.fds[2].get(), options));
  return std::string();
}

Result<std::string> remove_job(const FdPacket& packet) {
  constexpr std::string_view kVerb = "remove ";
  if (packet.fds.size() != 2) return make_error(ErrorKind::Bug, "a remove job without its fds");
  TRY(remove_tree(packet.fds[1].get(), packet.text.substr(kVerb.size()).c_str()));
  return std::string();
}

Result<std::string> sync_job(const FdPacket& packet) {
  if (packet.fds.size() != 2) return make_error(ErrorKind::Bug, "a sync job without its fds");
  if (::syncfs(packet.fds[1].get()) != 0) return last_error("bring the files to the disk");
  return std::string();
}

Result<std::string> run_job(FdPacket& packet) {
  if (packet.text.starts_with("unpack ")) return unpack_job(packet);
  if (packet.text.starts_with("tree ")) return tree_job(packet);
  if (packet.text.starts_with("tar")) return tar_job(packet);
  if (packet.text.starts_with("remove ")) return remove_job(packet);
  if (packet.text == "sync") return sync_job(packet);
  return make_error(ErrorKind::Bug, "a job of no kind");
}

// Runs in: the process of one job.
[[noreturn]] void job_main(FdPacket& packet) {
  const int result_fd = packet.fds.empty() ? -1 : packet.fds[0].get();
  const Result<std::string> result = run_job(packet);
  (void)send_fds(result_fd, result ? "ok " + *result : error_text(result.error()), {});
  ::_exit(result ? 0 : 1);
}

// Keeps one fd, as the first that isn't for a person, and closes all others: those of the store are
// among them.
int keep_only(int fd) {
  constexpr int kKept = 3;
  if (fd != kKept && ::dup3(fd, kKept, O_CLOEXEC) < 0) ::_exit(1);
  (void)::syscall(SYS_close_range, kKept + 1, ~0U, 0U);
  return kKept;
}

}  // namespace

void helper_main(void* argument) noexcept {
  const auto& start = *static_cast<const HelperStart*>(argument);
  const int socket = keep_only(start.socket);
  (void)::prctl(PR_SET_NAME, "ocictl:unpack");
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)::signal(SIGCHLD, SIG_IGN);  // nobody waits for jobs: their sockets tell
  (void)::signal(SIGPIPE, SIG_IGN);
  Result<FdPacket> mapped = receive_fds(socket);
  if (!mapped || mapped->text.empty()) ::_exit(0);
  const Result<> ready = set_up(*start.ids, start.workspace);
  while (true) {
    Result<FdPacket> job = receive_fds(socket);
    if (!job || job->text.empty()) ::_exit(0);
    if (!ready) {
      if (!job->fds.empty()) (void)send_fds(job->fds[0].get(), error_text(ready.error()), {});
      continue;
    }
    if (::fork() == 0) {
      ::close(socket);
      job_main(*job);
    }
  }
}

}  // namespace ocirt::unpack
