// Turns the entries of a layer into files: their bytes, owners, xattrs and times.
// Runs in: unpacker.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "frontend/unpack/tree_writer.h"

namespace ocirt::unpack {

namespace {

// What of an image's xattrs is kept: the user's own and file capabilities. Those that overlayfs and
// we ourselves read would change what the layers mean; trusted.* and labels are the host's.
bool is_kept_xattr(std::string_view key) {
  if (key == "security.capability") return true;
  return key.starts_with("user.") && !key.starts_with("user.overlay.") &&
         key != "user.containers.override_stat";
}

constexpr uint64_t kLargestId = 0xfffffffe;
constexpr mode_t kSetIds = S_ISUID | S_ISGID;

constexpr mode_t kModeBits = 07777;

TarTime to_tar_time(const timespec& time) {
  return {.seconds = time.tv_sec, .nanoseconds = static_cast<uint32_t>(time.tv_nsec)};
}

timespec to_timespec(const TarTime& time) {
  return {.tv_sec = time.seconds, .tv_nsec = static_cast<long>(time.nanoseconds)};
}

}  // namespace

uint64_t TreeWriter::file_offset() const {
  if (!file_entry_.is_sparse) return written_;
  if (sparse_part_ >= file_entry_.sparse.size()) return file_entry_.file_size;
  return file_entry_.sparse[sparse_part_].offset + sparse_done_;
}

uint64_t TreeWriter::contiguous() const {
  if (!file_entry_.is_sparse) return file_entry_.stored_size - written_;
  if (sparse_part_ >= file_entry_.sparse.size()) return 0;
  return file_entry_.sparse[sparse_part_].length - sparse_done_;
}

Result<> TreeWriter::data(std::string_view bytes) {
  if (!file_) return {};
  counts_.file_bytes += bytes.size();
  while (!bytes.empty()) {
    if (file_entry_.is_sparse) {
      while (contiguous() == 0) {
        if (sparse_part_ >= file_entry_.sparse.size()) {
          return make_error(ErrorKind::InvalidConfig,
                            fmt::format("\"{}\": more data than its map says", path_));
        }
        ++sparse_part_;
        sparse_done_ = 0;
      }
    }
    const size_t size = std::min<uint64_t>(bytes.size(), contiguous());
    const uint64_t offset = file_offset();
    if (offset + size > file_entry_.file_size) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("\"{}\": data behind the end of the file", path_));
    }
    const ssize_t put = ::pwrite(file_.get(), bytes.data(), size, static_cast<off_t>(offset));
    if (put < 0) {
      if (errno == EINTR) continue;
      return last_error(fmt::format("write \"{}\"", path_));
    }
    bytes.remove_prefix(static_cast<size_t>(put));
    written_ += static_cast<size_t>(put);
    sparse_done_ += static_cast<size_t>(put);
  }
  return {};
}

Result<> TreeWriter::end() {
  if (!file_) return {};
  const UniqueFd file = std::move(file_);
  if (file_entry_.is_sparse &&
      ::ftruncate(file.get(), static_cast<off_t>(file_entry_.file_size)) != 0) {
    return last_error(fmt::format("set the size of \"{}\"", path_));
  }
  TRY(set_owner(file_entry_, -1, nullptr, file.get()));
  if (!file_entry_.xattrs.empty()) TRY(set_xattrs(file_entry_, file.get()));
  if (owners_ != Owners::Kept) {
    TRY(set_squashed_owner(file_entry_, file.get()));
  } else if ((file_entry_.mode & kSetIds) != 0 &&
             ::fchmod(file.get(), file_entry_.mode) != 0) {  // chown took them off
    return last_error(fmt::format("set the mode of \"{}\"", path_));
  }
  const timespec times[] = {to_timespec(file_entry_.atime.value_or(file_entry_.mtime)),
                            to_timespec(file_entry_.mtime)};
  if (::futimens(file.get(), times) != 0) {
    return last_error(fmt::format("set the times of \"{}\"", path_));
  }
  return {};
}

// By fd, or by name without following a link. What we make belongs to us, id 0 here, already.
Result<> TreeWriter::set_owner(const TarEntry& entry, int parent, const char* name, int fd) {
  if (owners_ != Owners::Kept) return {};
  if (entry.uid == 0 && entry.gid == 0 && !(name != nullptr && std::string_view(name) == ".")) {
    return {};
  }
  if (entry.uid > kLargestId || entry.gid > kLargestId) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("owner {}:{} is no id", entry.uid, entry.gid));
  }
  const auto uid = static_cast<uid_t>(entry.uid);
  const auto gid = static_cast<gid_t>(entry.gid);
  const int failed =
      fd >= 0 ? ::fchown(fd, uid, gid) : ::fchownat(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW);
  if (failed == 0) return {};
  if (errno != EINVAL) return last_error(fmt::format("give it to {}:{}", uid, gid));
  // The id isn't mapped: the file stays root's, and remembers whose it should be.
  ++counts_.owners_squashed;
  return fd >= 0 ? set_squashed_owner(entry, fd) : Result<>{};
}

// What a file gets for its mode, before and after it is written. A shared one has no set-id bits,
// which would serve any user of this machine (CVE-2021-41091), and no right to write, by which one
// user could change what another runs; who may have the image may read all of it.
mode_t TreeWriter::shown_mode(const TarEntry& entry) const {
  constexpr mode_t kSearchable = 0755;
  constexpr mode_t kReadable = 0644;
  constexpr mode_t kExecute = 0111;
  if (owners_ != Owners::Shared) return entry.mode;
  const bool executes = entry.type == TarType::Directory || (entry.mode & kExecute) != 0;
  return executes && entry.type != TarType::Fifo ? kSearchable : kReadable;
}

// As fuse-overlayfs reads it: "uid:gid:mode". Our own bits stay so that we can read, change and
// remove it: without capabilities a directory of mode 0555 couldn't be emptied.
Result<> TreeWriter::set_squashed_owner(const TarEntry& entry, int fd) {
  constexpr mode_t kOwnersBits = 0600;
  constexpr mode_t kOwnersSearch = 0100;
  mode_t mode = shown_mode(entry);
  mode |= kOwnersBits;
  if (entry.type == TarType::Directory) mode |= kOwnersSearch;
  if (entry.uid != 0 || entry.gid != 0 || mode != entry.mode) {
    const std::string text = fmt::format("{}:{}:{:04o}", entry.uid, entry.gid, entry.mode);
    if (::fsetxattr(fd, "user.containers.override_stat", text.data(), text.size(), 0) != 0 &&
        errno != ENOTSUP) {
      return last_error("remember its owner");
    }
  }
  if (entry.type == TarType::File && ::fchmod(fd, mode) != 0) return last_error("set its mode");
  return {};
}

Result<> TreeWriter::set_xattrs(const TarEntry& entry, int fd) {
  for (const auto& [key, value] : entry.xattrs) {
    if (!is_kept_xattr(key)) continue;
    if (owners_ == Owners::Shared && key == "security.capability") continue;  // as set-id bits
    if (::fsetxattr(fd, key.c_str(), value.data(), value.size(), 0) == 0) continue;
    // File systems without xattrs, and ids without the right to give capabilities.
    if (errno == ENOTSUP || errno == EPERM) continue;
    return last_error(fmt::format("set the xattr {}", key));
  }
  return {};
}

Result<> TreeWriter::set_times(const TarEntry& entry, int parent, const char* name) {
  const timespec times[] = {to_timespec(entry.atime.value_or(entry.mtime)),
                            to_timespec(entry.mtime)};
  if (::utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) != 0)
    return last_error("set its times");
  return {};
}

// However many directories there are, only so many wait here: then all get what they wait for, and
// one in which something is made later is looked at before, and gets the same again.
Result<> TreeWriter::set_directory_times(const std::string& path, const DirectoryTimes& times) {
  constexpr size_t kMostWaiting = 4 << 20;
  if (times_size_ > kMostWaiting) TRY(apply_times());
  const auto [at, is_new] = directory_times_.insert_or_assign(path, times);
  if (is_new) times_size_ += size_of(at->first);
  return {};
}

Result<> TreeWriter::remember_times(const std::string& path, int fd) {
  if (directory_times_.contains(path)) return {};
  struct stat info {};
  if (::fstat(fd, &info) != 0) return last_error(fmt::format("look at \"{}\"", path));
  return set_directory_times(path, {.mode = info.st_mode & kModeBits,
                                    .mtime = to_tar_time(info.st_mtim),
                                    .atime = to_tar_time(info.st_atim)});
}

Result<> TreeWriter::apply_times() {
  constexpr mode_t kOwnersBits = 0700;
  // Backwards: what is in a directory comes before it.
  for (auto at = directory_times_.rbegin(); at != directory_times_.rend(); ++at) {
    const auto& [path, wanted] = *at;
    const Result<UniqueFd> fd =
        root_.open({path.empty() ? "/" : path}, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!fd) continue;  // a later entry took its place
    constexpr mode_t kOthersBits = 0755;
    mode_t mode = wanted.mode;
    if (owners_ == Owners::Squashed) mode |= kOwnersBits;
    if (owners_ == Owners::Shared) mode = kOthersBits;
    const timespec times[] = {to_timespec(wanted.atime), to_timespec(wanted.mtime)};
    if (::fchmod(fd->get(), mode) != 0 || ::futimens(fd->get(), times) != 0) {
      return last_error(fmt::format("set the mode and times of \"{}\"", path));
    }
  }
  directory_times_.clear();
  times_size_ = 0;
  applied_times_ = true;
  // Those that are open now are looked at again, too.
  forget_directories();
  return {};
}

Result<> TreeWriter::finish() {
  forget_directories();
  retired_.clear();
  return apply_times();
}

}  // namespace ocirt::unpack
