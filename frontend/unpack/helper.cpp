// The helper process, as ocictl sees it.
#include "frontend/unpack/helper.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <vector>

#include "frontend/unpack/fd_packet.h"
#include "frontend/unpack/helper_process.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::unpack {

namespace {

Result<std::pair<UniqueFd, UniqueFd>> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return last_error("make a pipe");
  constexpr int kPipeSize = 1 << 20;
  (void)::fcntl(ends[0], F_SETPIPE_SZ, kPipeSize);  // a smaller one works, too
  return std::pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<std::string> path_of(int directory) {
  return sys::read_link(AT_FDCWD, fmt::format("/proc/self/fd/{}", directory).c_str());
}

Error blocked(Error error) {
  error.text = "make a user namespace for the files of images: " + error.text;
  return std::move(error).with_hint(
      "user namespaces are off (user.max_user_namespaces, kernel.unprivileged_userns_clone, "
      "kernel.apparmor_restrict_unprivileged_userns)");
}

}  // namespace

Result<Helper> Helper::start(const StoreIds& ids, int workspace) {
  const std::string path = TRY(path_of(workspace));
  auto [ours, theirs] = TRY(sys::packet_pair());
  HelperStart start{.socket = theirs.get(), .ids = &ids, .workspace = path.c_str()};
  Result<sys::Child> child =
      sys::spawn({.flags = CLONE_NEWUSER, .cgroup_fd = std::nullopt}, helper_main, &start);
  if (!child) return blocked(std::move(child).error());
  theirs.reset();
  TRY(write_id_maps(child->pid(), ids));
  TRY(send_fds(ours.get(), "mapped", {}));
  return Helper(std::move(*child), std::move(ours), ids, path);
}

Result<Job> Helper::unpack(const UnpackFds& fds, const Limits& limits) {
  const std::string path = TRY(path_of(fds.tree));
  if (!path.starts_with(workspace_ + '/')) {
    return make_error(ErrorKind::Bug, "a layer is to be unpacked outside of the workspace");
  }
  auto [read_end, write_end] = TRY(make_pipe());
  auto [ours, theirs] = TRY(sys::packet_pair());
  const char squashed = ids_.kind == StoreIds::Kind::Single ? 's' : 'k';
  const char owners = ids_.shared ? 'a' : squashed;
  const std::string text =
      fmt::format("unpack {} {} {} {} {} {}", owners, limits.most_entries, limits.most_bytes,
                  limits.free_bytes, limits.most_ratio, path.substr(workspace_.size() + 1));
  const std::array<int, 5> sent = {theirs.get(), fds.tree, read_end.get(), fds.split, fds.lock};
  TRY(send_fds(socket_.get(), text, sent));
  return Job{.bytes = std::move(write_end), .result = std::move(ours)};
}

Result<Job> Helper::write_tar(int tree, int split) {
  auto [read_end, write_end] = TRY(make_pipe());
  auto [ours, theirs] = TRY(sys::packet_pair());
  const std::array<int, 4> sent = {theirs.get(), tree, write_end.get(), split};
  TRY(send_fds(socket_.get(), "tar", sent));
  return Job{.bytes = std::move(read_end), .result = std::move(ours)};
}

Result<Job> Helper::write_tree_tar(int parent, const std::string& name,
                                   const TreeTarOptions& options) {
  auto [read_end, write_end] = TRY(make_pipe());
  auto [ours, theirs] = TRY(sys::packet_pair());
  // A name may hold anything but a slash and a zero byte, and `as` no newline.
  const std::string text = fmt::format("tree {:d} {:d} {}\n{}", options.translate_whiteouts,
                                       options.one_file_system, options.as, name);
  const std::array<int, 3> sent = {theirs.get(), parent, write_end.get()};
  TRY(send_fds(socket_.get(), text, sent));
  return Job{.bytes = std::move(read_end), .result = std::move(ours)};
}

Result<Job> Helper::sync(int directory) {
  auto [ours, theirs] = TRY(sys::packet_pair());
  const std::array<int, 2> sent = {theirs.get(), directory};
  TRY(send_fds(socket_.get(), "sync", sent));
  return Job{.bytes = {}, .result = std::move(ours)};
}

Result<> Helper::remove(int parent, const std::string& name) {
  auto [ours, theirs] = TRY(sys::packet_pair());
  const std::array<int, 2> sent = {theirs.get(), parent};
  TRY(send_fds(socket_.get(), "remove " + name, sent));
  theirs.reset();
  return take_done(Job{.bytes = {}, .result = std::move(ours)});
}

namespace {

// "error KIND ERRNO TEXT", or the rest after "ok".
Result<std::string> take_text(const Job& job) {
  const FdPacket packet = TRY(receive_fds(job.result.get()));
  std::string_view text = packet.text;
  if (text.starts_with("ok")) {
    text.remove_prefix(2);
    return std::string(text.substr(text.starts_with(' ') ? 1 : 0));
  }
  int kind = 0;
  int errno_value = 0;
  int consumed = 0;
  if (std::sscanf(packet.text.c_str(), "error %d %d %n", &kind, &errno_value, &consumed) < 2) {
    return make_error(ErrorKind::System, "the process that unpacks died")
        .with_hint("was it killed for want of memory? (dmesg)");
  }
  Error error = make_error(static_cast<ErrorKind>(kind), packet.text.substr(consumed));
  error.errno_value = errno_value;
  return error;
}

}  // namespace

Result<Unpacked> take_unpacked(const Job& job) {
  const std::string text = TRY(take_text(job));
  Unpacked unpacked;
  std::array<char, 160> diff_id{};
  TreeCounts& counts = unpacked.counts;
  if (std::sscanf(text.c_str(), "%159s %lu %lu %lu %lu %lu %lu %lu", diff_id.data(),
                  &unpacked.tar_bytes, &counts.entries, &counts.file_bytes, &counts.devices_skipped,
                  &counts.owners_squashed, &counts.largest_id, &counts.replaced) != 8) {
    return make_error(ErrorKind::Bug, "the process that unpacks speaks nonsense");
  }
  unpacked.diff_id = diff_id.data();
  return unpacked;
}

Result<> take_done(const Job& job) {
  (void)TRY(take_text(job));
  return {};
}

}  // namespace ocirt::unpack
