// Work on the files of a container, in a process of its own that may touch them.
#include "frontend/containers/tree_job.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/words.h"
#include "frontend/unpack/store_ids.h"
#include "sys/file.h"
#include "sys/mount.h"

namespace ocirt::containers {

namespace {

constexpr size_t kMostReport = 1 << 20;

// What the child needs; it has a copy of our memory.
struct JobStart {
  const Tree* tree;
  const TreeWork* work;
  const std::vector<int>* ours;
  int root;    // of a running container; -1: to be found
  int go;      // readable, or at its end, when the id maps are written
  int report;  // where the error goes
  int go_writer;
};

// As mount_layers(), for kernels before 6.8. They need a place to mount on: any, in a namespace of
// our own.
Result<UniqueFd> mount_layers_at_once(const Tree& tree) {
  if (::unshare(CLONE_NEWNS) < 0) return last_error("make a mount namespace");
  TRY(sys::mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, {.propagation = MS_PRIVATE}));
  std::string options = "userxattr";
  if (!tree.upper.empty()) options += ",upperdir=" + tree.upper + ",workdir=" + tree.work;
  sys::MountFd mount = TRY(sys::mount_overlay_at_once(tree.lower, "/tmp", options));
  return std::move(mount).release();
}

Result<> set_layers(int overlay, const Tree& tree) {
  // One by one (Linux 6.8): a list of them may be longer than the 255 bytes that fsconfig(2) takes.
  for (const std::string& each : tree.lower) {
    TRY(sys::fsconfig_set_string(overlay, "lowerdir+", each.c_str()));
  }
  if (!tree.upper.empty()) {
    TRY(sys::fsconfig_set_string(overlay, "upperdir", tree.upper.c_str()));
    TRY(sys::fsconfig_set_string(overlay, "workdir", tree.work.c_str()));
  }
  TRY(sys::fsconfig_set_flag(overlay, "userxattr"));
  return sys::fsconfig_create(overlay);
}

// Overlayfs of all that is there, attached nowhere.
Result<UniqueFd> mount_layers(const Tree& tree) {
  const UniqueFd overlay = TRY(sys::fsopen("overlay"));
  if (Result<> set = set_layers(overlay.get(), tree); !set) {
    if (set.error().errno_value == EINVAL) return mount_layers_at_once(tree);
    return std::move(set).error();
  }
  sys::MountFd mount = TRY(sys::fsmount(overlay.get(), 0));
  return std::move(mount).release();
}

Result<UniqueFd> open_directory(const std::string& path) {
  return sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY);
}

Result<UniqueFd> open_root(const Tree& tree) {
  if (!tree.directory.empty()) return open_directory(tree.directory);
  // overlayfs wants two layers or an upper one; a single layer is itself.
  if (tree.upper.empty() && tree.lower.size() == 1) return open_directory(tree.lower.front());
  return mount_layers(tree);
}

Result<> become_root_inside() {
  if (::setresgid(0, 0, 0) < 0 || ::setresuid(0, 0, 0) < 0) return last_error("become root inside");
  return {};
}

Result<> work_in_child(const JobStart& start) {
  (void)::close(start.go_writer);
  for (const int fd : *start.ours) (void)::close(fd);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody waits for the work of one that was killed
  (void)::umask(0);
  std::array<char, 1> byte{};
  if (::read(start.go, byte.data(), byte.size()) != 1) {
    return make_error(ErrorKind::System, "the id maps could not be written");
  }
  TRY(become_root_inside());
  if (start.root >= 0) return (*start.work)(start.root);
  const UniqueFd root = TRY(open_root(*start.tree));
  return (*start.work)(root.get());
}

[[noreturn]] void run_child(void* argument) noexcept {
  const auto* start = static_cast<const JobStart*>(argument);
  const Result<> done = work_in_child(*start);
  if (done) ::_exit(0);
  const Error& error = done.error();
  const std::vector<std::string> words = {std::to_string(static_cast<int>(error.kind)),
                                          std::to_string(error.errno_value), error.text,
                                          error.hint};
  (void)sys::write_all(start->report, join_words(words));  // the exit status says that it failed
  ::_exit(1);
}

struct Pipe {
  UniqueFd out;
  UniqueFd in;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return last_error("make a pipe");
  return Pipe{.out = UniqueFd(ends[0]), .in = UniqueFd(ends[1])};
}

}  // namespace

Tree tree_of(const model::Record& record, const std::string& directory, pid_t init, bool writable) {
  if (init > 0) return {.init = init};
  if (!record.rootfs.empty()) return {.directory = record.rootfs};
  Tree tree{.lower = record.layers};
  // An upper directory may be read as the topmost of the lower ones, whoever else has it mounted.
  const std::string upper = directory + "/upper";
  if (!writable) {
    tree.lower.insert(tree.lower.begin(), upper);
    return tree;
  }
  tree.upper = upper;
  tree.work = directory + "/work";
  return tree;
}

Tree image_tree_of(const model::Record& record) {
  if (!record.rootfs.empty()) return {.directory = record.rootfs};
  return {.lower = record.layers};
}

Result<TreeJob> start_in_tree(const Tree& tree, const TreeWork& work,
                              const std::vector<int>& ours) {
  UniqueFd root;
  if (tree.init > 0) {
    const std::string path = fmt::format("/proc/{}/root", tree.init);
    root = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY));
  }
  Pipe go = TRY(make_pipe());
  Pipe report = TRY(make_pipe());
  JobStart start{.tree = &tree,
                 .work = &work,
                 .ours = &ours,
                 .root = root ? root.get() : -1,
                 .go = go.out.get(),
                 .report = report.in.get(),
                 .go_writer = go.in.get()};
  const bool is_root = ::geteuid() == 0;
  const uint64_t flags = is_root ? 0 : uint64_t{CLONE_NEWUSER} | CLONE_NEWNS;
  sys::Child child = TRY(sys::spawn({.flags = flags}, run_child, &start));
  if (!is_root) TRY(unpack::write_id_maps(child.pid(), TRY(unpack::find_store_ids())));
  TRY(sys::write_all(go.in.get(), "1"));
  return TreeJob(std::move(child), std::move(report.out));
}

Result<> TreeJob::finish() && {
  const std::string text = TRY(sys::read_all(report_.get(), kMostReport));
  const sys::ExitStatus status = TRY(child_.wait());
  if (status == sys::ExitStatus{}) return {};
  const std::vector<std::string> words = split_words(text);
  constexpr size_t kWords = 4;
  if (words.size() != kWords) {
    return make_error(ErrorKind::System, "the process for a container's files died");
  }
  Error error = make_error(static_cast<ErrorKind>(std::atoi(words[0].c_str())), words[2]);
  error.errno_value = std::atoi(words[1].c_str());
  error.hint = words[3];
  return error;
}

Result<> run_in_tree(const Tree& tree, const TreeWork& work) {
  TreeJob job = TRY(start_in_tree(tree, work));
  return std::move(job).finish();
}

}  // namespace ocirt::containers
