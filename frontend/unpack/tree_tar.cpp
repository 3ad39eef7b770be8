// Writes a tree of files as a tar stream. Runs in: helper, or any process that may read the tree.
#include "frontend/unpack/tree_tar.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include "base/unique_fd.h"
#include "frontend/unpack/tar_encoder.h"
#include "sys/file.h"

namespace ocirt::unpack {

namespace {

constexpr size_t kBuffer = 256 << 10;
constexpr size_t kLongestName = 4096;  // PATH_MAX; what readers take
constexpr mode_t kModeBits = 07777;
constexpr const char* kOverride = "user.containers.override_stat";

using Xattrs = std::vector<std::pair<std::string, std::string>>;

// By fds that are open for reading, not by /proc, which the helper has none of. Only files and
// directories have xattrs of the kinds that count.
std::optional<std::string> read_xattr(int fd, const char* key) {
  std::string value;
  ssize_t size = ::fgetxattr(fd, key, nullptr, 0);
  if (size < 0) return std::nullopt;
  value.resize(static_cast<size_t>(size));
  size = ::fgetxattr(fd, key, value.data(), value.size());
  if (size < 0) return std::nullopt;
  value.resize(static_cast<size_t>(size));
  return value;
}

std::vector<std::string> list_xattrs(int fd) {
  std::vector<std::string> keys;
  const ssize_t size = ::flistxattr(fd, nullptr, 0);
  if (size <= 0) return keys;
  std::string names(static_cast<size_t>(size), '\0');
  const ssize_t got = ::flistxattr(fd, names.data(), names.size());
  for (size_t at = 0; got > 0 && at < static_cast<size_t>(got);) {
    keys.emplace_back(names.c_str() + at);
    at += keys.back().size() + 1;
  }
  return keys;
}

bool is_kept(const std::string& key) {
  if (key == "security.capability") return true;
  return key.starts_with("user.") && !key.starts_with("user.overlay.") && key != kOverride;
}

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  const int fd = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = fd < 0 ? nullptr : ::fdopendir(fd);
  if (stream == nullptr) {
    if (fd >= 0) ::close(fd);
    return names;
  }
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  (void)::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

Result<uint64_t> mapped(const std::vector<IdRange>& ranges, uint32_t id, const std::string& path) {
  if (ranges.empty()) return uint64_t{id};
  for (const IdRange& range : ranges) {
    if (id >= range.outside && id - range.outside < range.count) {
      return uint64_t{range.inside} + (id - range.outside);
    }
  }
  return make_error(ErrorKind::Unsupported,
                    fmt::format("\"{}\" belongs to the id {}, which has no name there", path, id));
}

/// One walk over a tree.
class TreeTar {
 public:
  TreeTar(int output, const TreeTarOptions& options) : output_(output), options_(options) {}

  Result<> run(int parent, const char* name) {
    struct stat info {};
    if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return last_error(fmt::format("look at \"{}\"", name));
    }
    device_ = info.st_dev;
    const bool needs_name = options_.as.empty() && !S_ISDIR(info.st_mode);
    TRY(add(parent, name, needs_name ? name : options_.as));
    return sys::write_all(output_, tar_end());
  }

 private:
  Result<> add(int parent, const char* name, const std::string& path) {
    if (path.size() > kLongestName) {
      return make_error(ErrorKind::Unsupported,
                        fmt::format("a path of more than {} bytes", kLongestName));
    }
    struct stat info {};
    if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return system_error(errno, fmt::format("look at \"{}\"", path));
    }
    if (S_ISSOCK(info.st_mode)) return {};
    UniqueFd fd;
    if (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) {
      // O_NONBLOCK: where a fifo has taken the file's place meanwhile.
      fd = TRY(sys::open_at(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
      struct stat now {};
      if (::fstat(fd.get(), &now) != 0) return last_error(fmt::format("look at \"{}\"", path));
      if (now.st_ino != info.st_ino || now.st_dev != info.st_dev) return {};  // was exchanged
    }
    if (options_.translate_whiteouts && is_whiteout(fd.get(), info)) return add_whiteout(path);
    TarEntry entry = TRY(describe(fd.get(), info, path));
    if (S_ISDIR(info.st_mode)) return add_directory(fd.get(), info, entry);
    if (info.st_nlink > 1) {
      const auto [known, is_new] = links_.emplace(std::pair(info.st_dev, info.st_ino), path);
      if (!is_new) {
        entry.type = TarType::HardLink;
        entry.link = known->second;
        entry.xattrs.clear();
        return put(entry);
      }
    }
    if (S_ISREG(info.st_mode)) return add_file(fd.get(), info, entry);
    if (S_ISLNK(info.st_mode)) entry.link = TRY(sys::read_link(parent, name));
    return put(entry);
  }

  // A character device 0:0, or an empty file that says it is one (overlayfs(5), "Whiteouts").
  static bool is_whiteout(int fd, const struct stat& info) {
    if (S_ISCHR(info.st_mode)) return info.st_rdev == makedev(0, 0);
    return S_ISREG(info.st_mode) && info.st_size == 0 &&
           (read_xattr(fd, "user.overlay.whiteout") || read_xattr(fd, "trusted.overlay.whiteout"));
  }

  Result<> add_whiteout(const std::string& path) {
    const size_t slash = path.rfind('/');
    const size_t at = slash == std::string::npos ? 0 : slash + 1;
    return put({.name = path.substr(0, at) + ".wh." + path.substr(at)});
  }

  // Everything but where a link leads and what a file holds.
  Result<TarEntry> describe(int fd, const struct stat& info, const std::string& path) {
    TarEntry entry{.name = path, .mode = info.st_mode & kModeBits};
    entry.mtime = {.seconds = info.st_mtim.tv_sec,
                   .nanoseconds = static_cast<uint32_t>(info.st_mtim.tv_nsec)};
    entry.uid = TRY(mapped(options_.uids, info.st_uid, path));
    entry.gid = TRY(mapped(options_.gids, info.st_gid, path));
    switch (info.st_mode & S_IFMT) {
      case S_IFDIR:
        entry.type = TarType::Directory;
        entry.name = path.empty() ? "./" : path + '/';
        break;
      case S_IFLNK:
        entry.type = TarType::Symlink;
        break;
      case S_IFCHR:
      case S_IFBLK:
        entry.type = S_ISCHR(info.st_mode) ? TarType::CharDevice : TarType::BlockDevice;
        entry.major = major(info.st_rdev);
        entry.minor = minor(info.st_rdev);
        break;
      case S_IFIFO:
        entry.type = TarType::Fifo;
        break;
      default:
        break;
    }
    if (fd < 0) return entry;
    for (const std::string& key : list_xattrs(fd)) {
      if (options_.translate_whiteouts &&
          (key.ends_with(".overlay.redirect") || key.ends_with(".overlay.metacopy"))) {
        return make_error(
            ErrorKind::Unsupported,
            fmt::format("\"{}\" has only a part of its content in this layer ({})", path, key));
      }
      if (!is_kept(key)) continue;
      if (auto value = read_xattr(fd, key.c_str())) entry.xattrs.emplace_back(key, *value);
    }
    if (options_.owners_are_aside) take_override(fd, entry);
    return entry;
  }

  // The owner and mode that a store of a single id remembers: "uid:gid:mode".
  static void take_override(int fd, TarEntry& entry) {
    const std::optional<std::string> text = read_xattr(fd, kOverride);
    if (!text) return;
    unsigned long uid = 0;
    unsigned long gid = 0;
    unsigned mode = 0;
    if (std::sscanf(text->c_str(), "%lu:%lu:%o", &uid, &gid, &mode) != 3) return;
    entry.uid = uid;
    entry.gid = gid;
    entry.mode = mode & kModeBits;
  }

  Result<> add_directory(int directory, const struct stat& info, const TarEntry& entry) {
    TRY(put(entry));
    const std::string& path = entry.name;  // ends in '/'
    const std::string below = path == "./" && options_.as.empty() ? std::string() : path;
    if (options_.translate_whiteouts) {
      for (const char* key : {"user.overlay.opaque", "trusted.overlay.opaque"}) {
        if (read_xattr(directory, key).value_or("") == "y") {
          TRY(put({.name = below + ".wh..wh..opq"}));
          break;
        }
      }
    }
    if (options_.one_file_system && info.st_dev != device_) return {};
    for (const std::string& child : names_in(directory)) {
      Result<> added = add(directory, child.c_str(), below + child);
      // What a running container has just removed isn't there.
      if (!added && added.error().kind != ErrorKind::NotFound) return added;
    }
    return {};
  }

  Result<> add_file(int file, const struct stat& info, TarEntry& entry) {
    entry.file_size = static_cast<uint64_t>(info.st_size);
    entry.stored_size = entry.file_size;
    std::vector<SparsePart> parts = {{.offset = 0, .length = entry.file_size}};
    constexpr int64_t kStatBlock = 512;
    if (info.st_blocks * kStatBlock < info.st_size) {
      parts = data_parts(file, entry.file_size);
      entry.is_sparse = true;
      entry.sparse = parts;
      entry.stored_size = 0;
      for (const SparsePart& part : parts) entry.stored_size += part.length;
    }
    TRY(put(entry));
    for (const SparsePart& part : parts) TRY(copy(file, part));
    return sys::write_all(output_, std::string(tar_padding(entry.stored_size), '\0'));
  }

  // Where the file has data (lseek(2), SEEK_DATA); the last part ends the file, as GNU tar has it.
  static std::vector<SparsePart> data_parts(int file, uint64_t size) {
    std::vector<SparsePart> parts;
    uint64_t at = 0;
    while (at < size) {
      const off_t data = ::lseek(file, static_cast<off_t>(at), SEEK_DATA);
      if (data < 0) break;
      const off_t hole = ::lseek(file, data, SEEK_HOLE);
      const uint64_t end = hole < 0 ? size : std::min(static_cast<uint64_t>(hole), size);
      if (static_cast<uint64_t>(data) >= end) break;
      parts.push_back(
          {.offset = static_cast<uint64_t>(data), .length = end - static_cast<uint64_t>(data)});
      at = end;
    }
    if (parts.empty() || parts.back().offset + parts.back().length < size) {
      parts.push_back({.offset = size, .length = 0});
    }
    return parts;
  }

  Result<> copy(int file, const SparsePart& part) {
    buffer_.resize(kBuffer);
    for (uint64_t done = 0; done < part.length;) {
      const size_t wanted = std::min<uint64_t>(buffer_.size(), part.length - done);
      ssize_t got = ::pread(file, buffer_.data(), wanted, static_cast<off_t>(part.offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return last_error("read a file");
      if (got == 0) {  // it was cut off: its header is written, so zeros stand for the rest
        std::fill(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(wanted), '\0');
        got = static_cast<ssize_t>(wanted);
      }
      TRY(sys::write_all(output_, {buffer_.data(), static_cast<size_t>(got)}));
      done += static_cast<uint64_t>(got);
    }
    return {};
  }

  Result<> put(const TarEntry& entry) { return sys::write_all(output_, encode_tar_entry(entry)); }

  int output_;
  const TreeTarOptions& options_;
  dev_t device_ = 0;
  std::map<std::pair<dev_t, ino_t>, std::string> links_;
  std::vector<char> buffer_;
};

}  // namespace

Result<> write_tree_tar(int parent, const char* name, int output, const TreeTarOptions& options) {
  return TreeTar(output, options).run(parent, name);
}

}  // namespace ocirt::unpack
