// The files that say how a payload ended. What they need is reserved while the disk still has it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::shim {

/// A file without a name, with room on the disk, that gets its content and its name in the end.
class ReservedFile {
 public:
  /// Becomes DIRECTORY/NAME. A directory that is missing, or a file system without nameless files
  /// (open(2), O_TMPFILE), is no error yet: the file is made in the end.
  ReservedFile(std::string directory, std::string name);

  /// Writes, syncs and renames: whoever sees the name sees all of the content, also after a crash
  /// of the machine.
  Result<> commit(std::string_view content);

 private:
  Result<> commit_reserved(int directory, std::string_view content);

  std::string directory_;
  std::string name_;
  UniqueFd file_;
};

/// Makes an empty file DIRECTORY/NAME.
Result<> make_mark(const std::string& directory, const char* name);

}  // namespace ocirt::shim
