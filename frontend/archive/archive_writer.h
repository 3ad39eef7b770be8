// Writes an archive of images: a tar archive into a file or pipe, or a directory of files.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/archive/byte_source.h"

namespace ocirt::archive {

/// Files are written in the order of the calls. Nothing stands at the path before finish(), unless
/// it is a directory: its files appear one by one, each whole.
class ArchiveWriter {
 public:
  /// A tar archive that replaces `path`. Into a path that is no plain file (/dev/stdout) it is
  /// written directly. In `scratch` lies for a while, without a name, what has to be measured
  /// before it can go into a pipe.
  static Result<ArchiveWriter> to_file(const std::string& path, int scratch);
  static Result<ArchiveWriter> to_fd(UniqueFd output, int scratch);
  /// A directory, which is made if it is missing. Errors: AlreadyExists if it isn't empty.
  static Result<ArchiveWriter> to_directory(const std::string& path);

  /// What isn't finished is removed.
  ~ArchiveWriter();
  ArchiveWriter(ArchiveWriter&&) = default;
  ArchiveWriter& operator=(ArchiveWriter&&) = delete;

  /// A directory, for readers who want to see it.
  Result<> add_directory(const std::string& name);
  Result<> add(const std::string& name, std::string_view text);
  /// A file of `size` bytes. Errors: Bug if `source` has another number of them.
  Result<> add(const std::string& name, const ByteSource& source, uint64_t size);
  /// A file whose size and name are known when `source` has ended: `name` is asked then, and has at
  /// most 100 bytes. Returns the size.
  Result<uint64_t> add_measured(const ByteSource& source, const std::function<std::string()>& name);

  [[nodiscard]] bool has(const std::string& name) const { return names_.contains(name); }
  Result<> finish();

 private:
  ArchiveWriter() = default;
  Result<> put_header(const std::string& name, uint64_t size);
  Result<uint64_t> copy(const ByteSource& source, int output);
  Result<uint64_t> add_measured_file(const ByteSource& source,
                                     const std::function<std::string()>& name);
  Result<uint64_t> add_measured_in_place(const ByteSource& source,
                                         const std::function<std::string()>& name);

  UniqueFd output_;     // of the tar
  UniqueFd directory_;  // instead of it; or the one in which the tar is made
  int scratch_ = -1;
  bool is_tar_ = false;
  bool is_seekable_ = false;
  std::string making_;  // the tar's name until it is finished
  std::string name_;
  std::set<std::string> names_;
};

}  // namespace ocirt::archive
