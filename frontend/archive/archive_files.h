// An archive of images as files by name, whether it is a directory or a tar archive. Hostile: no
// link leads out of it, nothing is unpacked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/archive/byte_source.h"
#include "frontend/unpack/tar_reader.h"
#include "sys/root_dir.h"

namespace ocirt::archive {

class ArchiveFiles {
 public:
  /// A directory or file at `path`.
  ///
  /// What can't be read at any place, since it is compressed or comes through a pipe, is kept in a
  /// file without a name in the directory `scratch` as long as this lives.
  /// Errors: InvalidConfig for a file that is no tar archive.
  static Result<ArchiveFiles> open(const std::string& path, int scratch);
  /// A file or pipe.
  static Result<ArchiveFiles> open_fd(UniqueFd input, int scratch);

  [[nodiscard]] bool is_directory() const { return directory_.has_value(); }
  [[nodiscard]] bool has(const std::string& name) const;
  /// A whole file. Errors: NotFound; InvalidConfig for one that is longer.
  [[nodiscard]] Result<std::string> read(const std::string& name, size_t most_bytes) const;
  [[nodiscard]] Result<ByteSource> stream(const std::string& name) const;

 private:
  ArchiveFiles() = default;
  struct Place {
    uint64_t offset = 0;
    uint64_t size = 0;
    std::string link;  // not empty: the file has this other name
  };
  struct Part {
    UniqueFd own;  // of a file in a directory
    int fd = -1;
    uint64_t offset = 0;
    uint64_t size = 0;
  };
  Result<> index_tar();
  Result<> note(const unpack::TarEntry& entry, uint64_t offset);
  [[nodiscard]] Result<Part> find(const std::string& name) const;

  std::optional<sys::RootDir> directory_;
  UniqueFd tar_;
  std::map<std::string, Place> places_;  // of the tar, by clean name
};

}  // namespace ocirt::archive
