// Reads the options of a mount: those of the spec, of runc, of crun and of mount(8). Pure.
#include "runtime/plan/mount_options.h"

#include <sys/mount.h>

#include <algorithm>
#include <optional>

#include "runtime/plan/names.h"

namespace ocirt::plan {

namespace {

enum class Effect {
  None,             // the default, or for the tools of user space
  SetAttribute,     // value: MOUNT_ATTR_*
  ClearAttribute,   //
  AccessTime,       // value: one of the three that MOUNT_ATTR__ATIME covers
  SetFilesystem,    // other: its name for fsconfig(2)
  ClearFilesystem,  // other: the name of what it takes back
  Bind,
  RecursiveBind,
  Remount,
  CopyUp,
  CopySymlink,
  SourceNofollow,
  DestinationNofollow,
  Idmap,
  RecursiveIdmap,
};

struct Option {
  std::string_view name;
  Effect effect = Effect::None;
  uint64_t value = 0;
  std::string_view other;
};

// clang-format off
constexpr Option kOptions[] = {
    // Attributes of one mount. With an "r" in front they are for all mounts below it, too.
    {"ro", Effect::SetAttribute, MOUNT_ATTR_RDONLY},
    {"rw", Effect::ClearAttribute, MOUNT_ATTR_RDONLY},
    {"nosuid", Effect::SetAttribute, MOUNT_ATTR_NOSUID},
    {"suid", Effect::ClearAttribute, MOUNT_ATTR_NOSUID},
    {"nodev", Effect::SetAttribute, MOUNT_ATTR_NODEV},
    {"dev", Effect::ClearAttribute, MOUNT_ATTR_NODEV},
    {"noexec", Effect::SetAttribute, MOUNT_ATTR_NOEXEC},
    {"exec", Effect::ClearAttribute, MOUNT_ATTR_NOEXEC},
    {"nodiratime", Effect::SetAttribute, MOUNT_ATTR_NODIRATIME},
    {"diratime", Effect::ClearAttribute, MOUNT_ATTR_NODIRATIME},
    {"nosymfollow", Effect::SetAttribute, MOUNT_ATTR_NOSYMFOLLOW},
    {"symfollow", Effect::ClearAttribute, MOUNT_ATTR_NOSYMFOLLOW},
    // One of three; to take one back means relatime, as the kernel has it by default.
    {"noatime", Effect::AccessTime, MOUNT_ATTR_NOATIME},
    {"strictatime", Effect::AccessTime, MOUNT_ATTR_STRICTATIME},
    {"relatime", Effect::AccessTime, MOUNT_ATTR_RELATIME},
    {"atime", Effect::AccessTime, MOUNT_ATTR_RELATIME},
    {"norelatime", Effect::AccessTime, MOUNT_ATTR_RELATIME},
    {"nostrictatime", Effect::AccessTime, MOUNT_ATTR_RELATIME},
    // Flags of the file system.
    {"sync", Effect::SetFilesystem, 0, "sync"},
    {"async", Effect::ClearFilesystem, 0, "sync"},
    {"dirsync", Effect::SetFilesystem, 0, "dirsync"},
    {"mand", Effect::SetFilesystem, 0, "mand"},
    {"nomand", Effect::ClearFilesystem, 0, "mand"},
    {"lazytime", Effect::SetFilesystem, 0, "lazytime"},
    {"nolazytime", Effect::ClearFilesystem, 0, "lazytime"},
    {"iversion", Effect::SetFilesystem, 0, "iversion"},
    {"noiversion", Effect::ClearFilesystem, 0, "iversion"},
    // What to do.
    {"bind", Effect::Bind, 0, {}},
    {"rbind", Effect::RecursiveBind, 0, {}},
    {"remount", Effect::Remount, 0, {}},
    // Extensions of runc and crun.
    {"tmpcopyup", Effect::CopyUp, 0, {}},
    {"copy-symlink", Effect::CopySymlink, 0, {}},
    {"src-nofollow", Effect::SourceNofollow, 0, {}},
    {"dest-nofollow", Effect::DestinationNofollow, 0, {}},
    {"idmap", Effect::Idmap, 0, {}},
    {"ridmap", Effect::RecursiveIdmap, 0, {}},
    // How loud the kernel's log is while mounting: no bit of the new mount API.
    {"silent", Effect::None, 0, {}},
    {"loud", Effect::None, 0, {}},
    // For mount(8), fstab(5) and systemd, who take them away before they mount.
    {"defaults", Effect::None, 0, {}},
    {"auto", Effect::None, 0, {}},
    {"noauto", Effect::None, 0, {}},
    {"user", Effect::None, 0, {}},
    {"nouser", Effect::None, 0, {}},
    {"users", Effect::None, 0, {}},
    {"owner", Effect::None, 0, {}},
    {"noowner", Effect::None, 0, {}},
    {"group", Effect::None, 0, {}},
    {"nogroup", Effect::None, 0, {}},
    {"nofail", Effect::None, 0, {}},
    {"_netdev", Effect::None, 0, {}},
};
// clang-format on

const Option* find_option(std::string_view name) {
  const Option* found = std::find_if(std::begin(kOptions), std::end(kOptions),
                                     [name](const Option& entry) { return entry.name == name; });
  return found == std::end(kOptions) ? nullptr : found;
}

bool is_attribute(const Option& option) {
  return option.effect == Effect::SetAttribute || option.effect == Effect::ClearAttribute ||
         option.effect == Effect::AccessTime;
}

void apply_attribute(AttributeChange& change, const Option& option) {
  switch (option.effect) {
    case Effect::SetAttribute:
      change.set |= option.value;
      change.clear &= ~option.value;
      return;
    case Effect::ClearAttribute:
      change.set &= ~option.value;
      change.clear |= option.value;
      return;
    default:  // AccessTime: mount_setattr(2) wants all of it cleared, then one set.
      change.set = (change.set & ~uint64_t{MOUNT_ATTR__ATIME}) | option.value;
      change.clear |= MOUNT_ATTR__ATIME;
  }
}

void apply_option(MountOptions& options, const Option& option) {
  switch (option.effect) {
    case Effect::None:
      return;
    case Effect::SetAttribute:
    case Effect::ClearAttribute:
    case Effect::AccessTime:
      apply_attribute(options.attributes, option);
      return;
    case Effect::SetFilesystem:
    case Effect::ClearFilesystem:
      std::erase(options.filesystem_flags, option.other);
      if (option.effect == Effect::SetFilesystem) options.filesystem_flags.push_back(option.other);
      return;
    case Effect::Bind:
    case Effect::RecursiveBind:
      options.bind = true;
      if (option.effect == Effect::RecursiveBind) options.recursive = true;
      return;
    case Effect::Remount:
      options.remount = true;
      return;
    case Effect::CopyUp:
      options.copy_up = true;
      return;
    case Effect::CopySymlink:
      options.copy_symlink = true;
      return;
    case Effect::SourceNofollow:
      options.source_nofollow = true;
      return;
    case Effect::DestinationNofollow:
      options.destination_nofollow = true;
      return;
    case Effect::Idmap:
    case Effect::RecursiveIdmap:
      options.idmap = true;
      options.recursive_idmap = option.effect == Effect::RecursiveIdmap;
      options.idmap_ranges.clear();
      return;
  }
}

/// Remarks that mount(8) keeps for itself.
bool is_comment(std::string_view text) {
  return text.starts_with("x-") || text.starts_with("X-") || text == "comment" ||
         text.starts_with("comment=");
}

FilesystemOption read_data(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {.key = std::string(text), .value = std::nullopt};
  return {.key = std::string(text.substr(0, equals)),
          .value = std::string(text.substr(equals + 1))};
}

}  // namespace

MountOptions read_mount_options(std::span<const std::string> options) {
  MountOptions read;
  for (const std::string_view text : options) {
    if (const std::optional<uint64_t> flags = find_value(kPropagations, text)) {
      read.propagation.push_back(*flags);
    } else if (const Option* option = find_option(text)) {
      apply_option(read, *option);
    } else if (const Option* recursive =
                   text.starts_with('r') ? find_option(text.substr(1)) : nullptr;
               recursive != nullptr && is_attribute(*recursive)) {
      apply_attribute(read.recursive_attributes, *recursive);
    } else if (text.starts_with("idmap=") || text.starts_with("ridmap=")) {
      const size_t equals = text.find('=');
      apply_option(read, *find_option(text.substr(0, equals)));
      read.idmap_ranges = text.substr(equals + 1);
    } else if (!text.empty() && !is_comment(text)) {
      read.data.push_back(read_data(text));
    }
  }
  return read;
}

std::vector<std::string> mount_option_names() {
  std::vector<std::string> names;
  for (const NamedValue& propagation : kPropagations) names.emplace_back(propagation.name);
  for (const Option& option : kOptions) {
    names.emplace_back(option.name);
    if (is_attribute(option)) names.push_back("r" + std::string(option.name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace ocirt::plan
