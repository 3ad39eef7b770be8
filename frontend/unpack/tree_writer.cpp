// Turns the entries of a layer into files: which entry becomes what. Runs in: unpacker.
#include "frontend/unpack/tree_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "frontend/unpack/tree_remove.h"

namespace ocirt::unpack {

namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kAufs = ".wh..wh.";  // what aufs kept for itself
constexpr size_t kMostOpenDirectories = 128;
constexpr mode_t kImplicitDirectoryMode = 0755;

Error about(const TarEntry& entry, Error error) {
  error.text = fmt::format("unpack \"{}\": {}", entry.name, error.text);
  return error;
}

}  // namespace

Result<std::string> clean_name(std::string_view name) {
  std::string clean;
  clean.reserve(name.size());
  while (!name.empty()) {
    const size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    name.remove_prefix(slash == std::string_view::npos ? name.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (clean.empty()) {
        return make_error(ErrorKind::InvalidConfig, "the name leads out of the layer");
      }
      const size_t last = clean.rfind('/');
      clean.resize(last == std::string::npos ? 0 : last);
      continue;
    }
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

TreeWriter::TreeWriter(sys::RootDir root, Owners owners)
    : root_(std::move(root)), owners_(owners) {}

// Not closed yet: the entry under way may be made in one of them.
void TreeWriter::forget_directories() {
  open_by_path_.clear();
  retired_.splice(retired_.end(), open_);
}

// An fd of the directory, which is made if it is missing. It stays valid until the next entry.
Result<int> TreeWriter::directory(const std::string& path) {
  if (path.empty()) return root_.fd();
  if (const auto found = open_by_path_.find(path); found != open_by_path_.end()) {
    open_.splice(open_.begin(), open_, found->second);
    return found->second->fd.get();
  }
  UniqueFd fd = TRY(root_.make_directories({path}, kImplicitDirectoryMode));
  if (applied_times_) TRY(remember_times(path, fd.get()));
  if (open_.size() == kMostOpenDirectories) {
    open_by_path_.erase(open_.back().path);
    open_.pop_back();
  }
  open_.push_front({.path = path, .fd = std::move(fd)});
  open_by_path_.emplace(open_.front().path, open_.begin());
  return open_.front().fd.get();
}

Result<> TreeWriter::begin(const TarEntry& entry) {
  ++counts_.entries;
  retired_.clear();
  counts_.largest_id = std::max({counts_.largest_id, entry.uid, entry.gid});
  Result<std::string> path = clean_name(entry.name);
  if (!path) return about(entry, std::move(path).error());
  path_ = std::move(*path);
  if (path_.empty()) {  // "./": the root itself, which exists
    if (entry.type != TarType::Directory) return {};
    Result<> made = make_directory(entry, root_.fd(), ".");
    return made ? made : about(entry, std::move(made).error());
  }
  const size_t slash = path_.rfind('/');
  const std::string name = slash == std::string::npos ? path_ : path_.substr(slash + 1);
  Result<int> parent = directory(slash == std::string::npos ? "" : path_.substr(0, slash));
  if (!parent) return about(entry, std::move(parent).error());

  Result<bool> was_whiteout = make_whiteout(entry, *parent, name);
  if (!was_whiteout) return about(entry, std::move(was_whiteout).error());
  if (*was_whiteout) {
    path_.clear();
    return {};
  }
  Result<> made = make_entry(entry, *parent, name);
  return made ? made : about(entry, std::move(made).error());
}

// The image format's ".wh.NAME" is overlayfs' character device 0:0 of that name; ".wh..wh..opq" is
// the xattr of an opaque directory (image-spec, layer.md#whiteouts). The xattr is the one of plain
// users (userxattr), so that a layer serves everybody.
Result<bool> TreeWriter::make_whiteout(const TarEntry& entry, int parent, std::string_view name) {
  if (!whiteouts_ || !name.starts_with(kWhiteout)) return false;
  if (name == kOpaque) {
    TRY(make_opaque(parent, "."));
    return true;
  }
  if (name.starts_with(kAufs)) return true;
  const std::string hidden(name.substr(kWhiteout.size()));
  if (hidden.empty() || hidden == "." || hidden == "..") {
    return make_error(ErrorKind::InvalidConfig, "a whiteout of no name");
  }
  struct stat info {};
  if (::fstatat(parent, hidden.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
    // The layer has something of that name itself, which hides what is below it; of a directory
    // only if it is opaque.
    if (S_ISDIR(info.st_mode)) TRY(make_opaque(parent, hidden.c_str()));
    return true;
  }
  if (::mknodat(parent, hidden.c_str(), S_IFCHR, 0) != 0) return last_error("make a whiteout");
  TRY(set_owner(entry, parent, hidden.c_str(), -1));
  return true;
}

Result<> TreeWriter::make_opaque(int parent, const char* name) {
  const UniqueFd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd || ::fsetxattr(fd.get(), "user.overlay.opaque", "y", 1, 0) != 0) {
    return last_error("make a directory opaque");
  }
  return {};
}

Result<> TreeWriter::make_entry(const TarEntry& entry, int parent, const std::string& name) {
  const char* at = name.c_str();
  switch (entry.type) {
    case TarType::File:
      return make_file(entry, parent, at);
    case TarType::Directory:
      return make_directory(entry, parent, at);
    case TarType::HardLink:
      return make_hard_link(entry, parent, at);
    case TarType::Symlink:
      if (::symlinkat(entry.link.c_str(), parent, at) != 0) {
        if (errno != EEXIST) return last_error("make a symlink");
        TRY(remove_existing(parent, at));
        if (::symlinkat(entry.link.c_str(), parent, at) != 0) return last_error("make a symlink");
      }
      TRY(set_owner(entry, parent, at, -1));
      return set_times(entry, parent, at);
    case TarType::Fifo:
      TRY(remove_existing(parent, at));
      if (::mknodat(parent, at, S_IFIFO | shown_mode(entry), 0) != 0)
        return last_error("make a fifo");
      TRY(set_owner(entry, parent, at, -1));
      return set_times(entry, parent, at);
    case TarType::CharDevice:
    case TarType::BlockDevice:
      // A node would be the host's device to whoever reaches it. Containers get their /dev from
      // the runtime.
      ++counts_.devices_skipped;
      path_.clear();
      return {};
  }
  return make_error(ErrorKind::Bug, "an entry of no type");
}

Result<> TreeWriter::remove_existing(int parent, const char* name) {
  struct stat info {};
  if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? Result<>{} : last_error("look at what is there");
  }
  ++counts_.replaced;
  forget_directories();  // one of them may be the one that goes, or be reached through a link
  if (!S_ISDIR(info.st_mode)) {
    return ::unlinkat(parent, name, 0) == 0 ? Result<>{} : last_error("replace what is there");
  }
  const auto below = directory_times_.lower_bound(path_);
  auto last = below;
  while (last != directory_times_.end() &&
         (last->first == path_ || last->first.starts_with(path_ + '/'))) {
    ++last;
  }
  for (auto gone = below; gone != last; ++gone) times_size_ -= size_of(gone->first);
  directory_times_.erase(below, last);
  return remove_tree(parent, name);
}

Result<> TreeWriter::make_file(const TarEntry& entry, int parent, const char* name) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  file_.reset(::openat(parent, name, kFlags, shown_mode(entry)));
  if (!file_ && errno == EEXIST) {
    TRY(remove_existing(parent, name));
    file_.reset(::openat(parent, name, kFlags, shown_mode(entry)));
  }
  if (!file_) return last_error("make a file");
  file_entry_ = entry;
  sparse_part_ = 0;
  sparse_done_ = 0;
  written_ = 0;
  return {};
}

Result<> TreeWriter::make_directory(const TarEntry& entry, int parent, const char* name) {
  if (!path_.empty() && ::mkdirat(parent, name, kImplicitDirectoryMode) != 0) {
    if (errno != EEXIST) return last_error("make a directory");
    struct stat info {};
    if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return last_error("look at it");
    if (!S_ISDIR(info.st_mode)) {
      const bool was_whiteout = S_ISCHR(info.st_mode);
      TRY(remove_existing(parent, name));
      if (::mkdirat(parent, name, kImplicitDirectoryMode) != 0) {
        return last_error("make a directory");
      }
      // What the lower layers have below this name stays hidden.
      if (was_whiteout) TRY(make_opaque(parent, name));
    }
  }
  TRY(set_owner(entry, parent, name, -1));
  if (!entry.xattrs.empty() || owners_ != Owners::Kept) {
    const UniqueFd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return last_error("open the directory");
    TRY(set_xattrs(entry, fd.get()));
    if (owners_ != Owners::Kept) TRY(set_squashed_owner(entry, fd.get()));
  }
  return set_directory_times(
      path_,
      {.mode = entry.mode, .mtime = entry.mtime, .atime = entry.atime.value_or(entry.mtime)});
}

Result<> TreeWriter::make_hard_link(const TarEntry& entry, int parent, const char* name) {
  const std::string target = TRY(clean_name(entry.link));
  if (target == path_) return make_error(ErrorKind::InvalidConfig, "a hard link to itself");
  TRY(remove_existing(parent, name));
  const size_t slash = target.rfind('/');
  const std::string target_name = slash == std::string::npos ? target : target.substr(slash + 1);
  const UniqueFd from = TRY(root_.open({slash == std::string::npos ? "/" : target.substr(0, slash)},
                                       O_PATH | O_DIRECTORY));
  if (::linkat(from.get(), target_name.c_str(), parent, name, 0) != 0) {
    return last_error(fmt::format("link it to \"{}\"", entry.link));
  }
  path_.clear();
  return {};
}

}  // namespace ocirt::unpack
