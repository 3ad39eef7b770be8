// Reads the options of a mount: those of the spec, of runc, of crun and of mount(8). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// What the list of options says, taken together. A later option wins over an earlier one.
struct MountOptions {
  bool bind = false;
  bool recursive = false;  // "rbind"
  bool remount = false;
  AttributeChange attributes;            // asked to be set, or cleared, of the mount
  AttributeChange recursive_attributes;  // of all mounts below it as well
  /// "sync", "dirsync", "mand", "lazytime", "iversion": flags of the file system, by the names that
  /// fsconfig(2) takes.
  std::vector<std::string_view> filesystem_flags;
  std::vector<FilesystemOption> data;  // all else, for the file system to judge
  std::vector<uint64_t> propagation;   // MS_SHARED, ... in order
  bool copy_up = false;
  bool copy_symlink = false;
  bool source_nofollow = false;
  bool destination_nofollow = false;
  bool idmap = false;            // "idmap", "ridmap" and crun's "idmap=..."
  bool recursive_idmap = false;  // "ridmap"
  std::string idmap_ranges;      // what follows "idmap="; empty: nothing did
  friend bool operator==(const MountOptions&, const MountOptions&) = default;
};

/// Reads `options`. Never fails: what is in no table is the file system's own.
MountOptions read_mount_options(std::span<const std::string> options);

/// All options that are known by name, those for a tree ("rro") and propagation included; sorted.
std::vector<std::string> mount_option_names();

}  // namespace ocirt::plan
