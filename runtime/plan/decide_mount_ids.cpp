// Decides whose files a mount shows: uidMappings, gidMappings, "idmap" and "ridmap". Pure.
#include <sched.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/rootfs_sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kSection = "config.md#linux-mount-options";

using Mappings = std::vector<spec::IdMapping>;

/// The path of the user namespace that the container joins.
HostPath joined_user_namespace(const spec::Config& config) {
  for (const spec::Namespace& entry : config.linux_->namespaces) {
    if (entry.type == "user") return {entry.path.value_or("")};
  }
  return {};
}

/// One range of crun's form, "0-1000-10": id in the file system, id in the mount, how many. After
/// an "@" the second is one of the container, whose map is `container`.
Result<spec::IdMapping> read_range(std::string_view text, const Mappings& container) {
  const std::string problem = "the range " + quoted(text);
  const bool is_relative = text.starts_with('@');
  if (is_relative) text.remove_prefix(1);
  std::vector<uint64_t> numbers;
  for (const std::string_view part : split(text, '-')) {
    uint64_t number = 0;
    if (!parse_number(part, number) || number > UINT32_MAX) break;
    numbers.push_back(number);
  }
  if (numbers.size() != 3 || std::count(text.begin(), text.end(), '-') != 2) {
    return make_error(
        ErrorKind::InvalidConfig,
        problem + " is not of the form ID-ID-SIZE (in the file system, in the mount)");
  }
  spec::IdMapping range{.container_id = static_cast<uint32_t>(numbers[0]),
                        .host_id = static_cast<uint32_t>(numbers[1]),
                        .size = static_cast<uint32_t>(numbers[2])};
  if (!is_relative) return range;
  for (const spec::IdMapping& own : container) {
    if (range.host_id < own.container_id || range.host_id - own.container_id >= own.size) continue;
    range.host_id = range.host_id - own.container_id + own.host_id;
    return range;
  }
  return make_error(ErrorKind::InvalidConfig,
                    problem + " begins with an id that the container's user namespace lacks");
}

Result<Mappings> read_ranges(std::string_view text, const Mappings& container) {
  Mappings ranges;
  for (const std::string_view range : split(text, '#')) {
    ranges.push_back(TRY(read_range(range, container)));
  }
  return ranges;
}

/// crun's "uids=0-1000-10#10-2000-1;gids=0-1000-10".
Result<MountIdMap> read_crun_form(std::string_view text, const IdMapPlan& container) {
  MountIdMap map;
  for (const std::string_view part : split(text, ';')) {
    if (part.starts_with("uids=")) {
      map.uids = TRY(read_ranges(part.substr(5), container.uids));
    } else if (part.starts_with("gids=")) {
      map.gids = TRY(read_ranges(part.substr(5), container.gids));
    } else {
      return make_error(ErrorKind::InvalidConfig, quoted(part) + " is neither uids= nor gids=");
    }
  }
  if (map.uids.empty() || map.gids.empty()) {
    return make_error(ErrorKind::InvalidConfig, "both uids= and gids= are needed");
  }
  return map;
}

/// What "idmap" alone means: the container's own maps.
Result<MountIdMap> map_of_container(const RootfsContext& context, std::string_view pointer) {
  switch (use_of(context.config, CLONE_NEWUSER)) {
    case NamespaceUse::New:
      return MountIdMap{.uids = context.ids.uids, .gids = context.ids.gids, .user_namespace = {}};
    case NamespaceUse::Joined:
      return MountIdMap{
          .uids = {}, .gids = {}, .user_namespace = joined_user_namespace(context.config)};
    case NamespaceUse::Inherited:
      break;
  }
  return config_error(ErrorKind::InvalidConfig, pointer,
                      "\"idmap\" needs uidMappings and gidMappings in the mount, as the container "
                      "has no user namespace of its own",
                      kSection);
}

}  // namespace

Result<std::optional<MountIdMap>> decide_mount_ids(const RootfsDraft& draft, size_t index,
                                                   const MountOptions& options) {
  const RootfsContext& context = draft.context;
  const spec::Mount& mount = context.config.mounts[index];
  const std::string pointer = pointer_to("/mounts", index);
  const bool has_mappings = !mount.uid_mappings.empty();
  if (!options.idmap && !has_mappings) return std::optional<MountIdMap>{};
  if (draft.opened_by == OpenedBy::Init) {
    return config_error(ErrorKind::Unsupported, pointer,
                        "mapping the ids of a mount takes CAP_SYS_ADMIN on the host, which is "
                        "missing here",
                        kSection);
  }
  MountIdMap map;
  if (has_mappings && !options.idmap_ranges.empty()) {
    return config_error(ErrorKind::InvalidConfig, pointer,
                        "has both uidMappings and ids in \"idmap=\"", kSection);
  }
  if (has_mappings) {
    map.uids = mount.uid_mappings;
    map.gids = mount.gid_mappings;
  } else if (!options.idmap_ranges.empty()) {
    Result<MountIdMap> read = read_crun_form(options.idmap_ranges, context.ids);
    if (!read) {
      return config_error(ErrorKind::InvalidConfig, pointer + "/options",
                          "idmap=: " + read.error().text, kSection);
    }
    map = std::move(*read);
  } else {
    map = TRY(map_of_container(context, pointer));
  }
  map.recursive = options.recursive_idmap;
  return std::optional<MountIdMap>(std::move(map));
}

}  // namespace ocirt::plan
