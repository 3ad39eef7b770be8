// Keeps compiled seccomp filters between runs. Runs in: creator.
#pragma once

#include <linux/filter.h>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/path.h"
#include "base/unique_fd.h"

namespace ocirt::stages {

/// A directory of compiled filters, each beside the profile that it was made of: a filter is taken
/// only if its profile is the same to the last byte, so a file's name needs no strong hash. A cache
/// never fails: what can't be read or trusted isn't there, what can't be kept is compiled again.
///
/// Trust: the directory must belong to us and be closed to everybody else (0700), and each file
///        too. A file that was cut short or changed by a crash is found out by its checksum.
/// Size:  at most 64 files; the oldest goes first.
class SeccompCache {
 public:
  /// Opens the directory, and makes it if it is missing.
  explicit SeccompCache(const HostPath& directory);

  [[nodiscard]] std::optional<std::vector<sock_filter>> find(std::string_view profile) const;
  void keep(std::string_view profile, std::span<const sock_filter> filter) const;

 private:
  UniqueFd directory_;  // none: no cache
};

}  // namespace ocirt::stages
