// A directory of files that only we may read and write, for a cache. Knows no OCI word.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace ocirt::sys {

/// A directory whose files can be trusted as if we remembered them: it and each file belong to us
/// and are closed to everybody else (0700, 0600), and no link is followed. What isn't so is not
/// there. Nothing fails: a file that can't be kept isn't kept.
class PrivateDir {
 public:
  /// Opens the directory at `path`, and makes it if it is missing. Its parent must exist.
  explicit PrivateDir(const std::string& path);

  /// False if there is none that could be trusted.
  [[nodiscard]] bool is_open() const { return static_cast<bool>(directory_); }

  /// A file's bytes; nothing for one longer than `limit`.
  [[nodiscard]] std::optional<std::string> read(const std::string& name, size_t limit) const;

  /// Writes the file, as a whole or not at all. The oldest files go until, with it, there are at
  /// most `most`.
  void write(const std::string& name, std::string_view bytes, size_t most) const;

 private:
  void drop_oldest(size_t most) const;

  UniqueFd directory_;
};

}  // namespace ocirt::sys
