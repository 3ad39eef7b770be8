// Turns the entries of a layer into files, ready to be a lower directory of overlayfs.
// Runs in: unpacker.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/unpack/tar_reader.h"
#include "sys/root_dir.h"

namespace ocirt::unpack {

/// Whose files can be made.
enum class Owners {
  Kept,      // ids of the archive are ids here
  Squashed,  // there is one id: ownership is written into the xattr user.containers.override_stat
  Shared,    // the same, and others may read all of it, but write to nothing, and gain no rights
};

/// What was made, and what was left out.
struct TreeCounts {
  uint64_t entries = 0;
  uint64_t file_bytes = 0;
  uint64_t devices_skipped = 0;  // nodes other than overlayfs' whiteouts are never made
  uint64_t owners_squashed = 0;
  uint64_t largest_id = 0;
  uint64_t replaced = 0;  // entries in whose place a later entry stands
};

/// Makes the tree. Whatever the archive holds, nothing outside `root` is touched: every path is
/// resolved below it by openat2, and the process has no other directory (confine.h).
class TreeWriter {
 public:
  TreeWriter(sys::RootDir root, Owners owners);

  /// Names that begin with ".wh." are names as all others: the archive is no layer of an image.
  void keep_whiteouts() { whiteouts_ = false; }

  /// An entry; for files its payload follows by data(), and then end(). Errors name the entry.
  Result<> begin(const TarEntry& entry);
  Result<> data(std::string_view bytes);
  Result<> end();

  /// Modes and times of directories, which later entries in them would have changed.
  Result<> finish();

  [[nodiscard]] const TreeCounts& counts() const { return counts_; }
  /// The entry's place in the tree: relative, clean. Empty for what made no file.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Where in the file the next byte of data() goes.
  [[nodiscard]] uint64_t file_offset() const;
  /// How many bytes of payload may go to that place without a gap.
  [[nodiscard]] uint64_t contiguous() const;

 private:
  struct DirectoryTimes {
    uint32_t mode;
    TarTime mtime;
    TarTime atime;
  };

  Result<int> directory(const std::string& path);
  Result<bool> make_whiteout(const TarEntry& entry, int parent, std::string_view name);
  Result<> make_opaque(int parent, const char* name);
  Result<> make_entry(const TarEntry& entry, int parent, const std::string& name);
  Result<> make_file(const TarEntry& entry, int parent, const char* name);
  Result<> make_directory(const TarEntry& entry, int parent, const char* name);
  Result<> make_hard_link(const TarEntry& entry, int parent, const char* name);
  Result<> remove_existing(int parent, const char* name);
  Result<> set_owner(const TarEntry& entry, int parent, const char* name, int fd);
  Result<> set_xattrs(const TarEntry& entry, int fd);
  Result<> set_times(const TarEntry& entry, int parent, const char* name);
  [[nodiscard]] mode_t shown_mode(const TarEntry& entry) const;
  Result<> set_squashed_owner(const TarEntry& entry, int fd);
  void forget_directories();
  Result<> set_directory_times(const std::string& path, const DirectoryTimes& times);
  Result<> remember_times(const std::string& path, int fd);
  Result<> apply_times();
  static size_t size_of(const std::string& path) { return sizeof(DirectoryTimes) + path.size(); }

  sys::RootDir root_;
  Owners owners_;
  bool whiteouts_ = true;
  TreeCounts counts_;
  // The entry under way.
  std::string path_;
  UniqueFd file_;
  TarEntry file_entry_;
  size_t sparse_part_ = 0;
  uint64_t sparse_done_ = 0;  // of that part
  uint64_t written_ = 0;
  // Directories that were used lately, the latest first.
  struct OpenDirectory {
    std::string path;
    UniqueFd fd;
  };
  std::list<OpenDirectory> open_;
  std::unordered_map<std::string_view, std::list<OpenDirectory>::iterator> open_by_path_;
  std::list<OpenDirectory> retired_;  // closed with the next entry
  // What directories get once nothing more is made in them. Bounded: see set_directory_times().
  std::map<std::string, DirectoryTimes> directory_times_;
  size_t times_size_ = 0;       // in bytes, roughly
  bool applied_times_ = false;  // directories that aren't in the map may have theirs already
};

/// The name of an entry as a relative path without ".", ".." and doubled slashes; "." is "".
/// Errors: InvalidConfig for one that leads out of the archive.
Result<std::string> clean_name(std::string_view name);

}  // namespace ocirt::unpack
