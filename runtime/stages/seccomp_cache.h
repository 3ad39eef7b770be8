// Keeps compiled seccomp filters between runs. Runs in: creator.
#pragma once

#include <linux/filter.h>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/path.h"
#include "sys/private_dir.h"

namespace ocirt::stages {

/// Compiled filters, each beside the profile that it was made of: a filter is taken only if its
/// profile is the same to the last byte, so a file's name needs no strong hash. A cache never
/// fails: what can't be read or trusted isn't there, what can't be kept is compiled again.
///
/// Trust: sys::PrivateDir says whose files are read. What a crash has cut short or changed is found
///        out by a checksum.
/// Size:  at most 64 files; the oldest goes first.
class SeccompCache {
 public:
  explicit SeccompCache(const HostPath& directory) : directory_(directory.text) {}

  [[nodiscard]] std::optional<std::vector<sock_filter>> find(std::string_view profile) const;
  void keep(std::string_view profile, std::span<const sock_filter> filter) const;

 private:
  sys::PrivateDir directory_;
};

}  // namespace ocirt::stages
