// Decides how the rootfs is built: the root itself, and the order of everything done on it. Pure.
#include <sys/mount.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "runtime/plan/names.h"
#include "runtime/plan/rootfs_sections.h"
#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"
#include "spec/overlay_root.h"

namespace ocirt::plan {

namespace {

struct Propagation {
  uint64_t inherited = MS_REC | MS_SLAVE;
  uint64_t of_root = 0;
  bool shared = false;
};

/// Reads linux.rootfsPropagation.
///
/// The namespace's copies of the host's mounts never stay peers of them, whatever is asked: only
/// the container's own root becomes shared, at the end, and binds that the creator opened.
Result<Propagation> decide_propagation(const RootfsContext& context, bool no_pivot) {
  const std::string asked = context.config.linux_->rootfs_propagation.value_or("");
  constexpr std::string_view kPointer = "/linux/rootfsPropagation";
  if (asked.empty()) return Propagation{};
  const uint64_t flags = value_of(kPropagations, asked);
  Propagation result;
  if ((flags & MS_PRIVATE) != 0) {
    // MS_MOVE leaves the host's mounts below the container's root, private or not.
    if (no_pivot) {
      return config_error(ErrorKind::Denied, kPointer, asked + " is not safe without pivot_root");
    }
    result.inherited = MS_REC | MS_PRIVATE;
    return result;
  }
  // Of the root alone: mounts below it have what they were asked to have.
  result.of_root = flags & ~uint64_t{MS_REC};
  result.shared = (flags & MS_SHARED) != 0;
  return result;
}

std::vector<ContainerPath> clean_paths(const std::vector<std::string>& paths) {
  std::vector<ContainerPath> clean;
  for (const std::string& path : paths) clean.push_back(clean_container_path(path));
  return clean;
}

// The annotation of a root that we make ourselves.
Result<std::optional<OverlayRoot>> decide_overlay(const RootfsContext& context) {
  const std::string name = spec::kOverlayRootAnnotation;
  const auto found = context.config.annotations.find(name);
  if (found == context.config.annotations.end()) return std::optional<OverlayRoot>();
  const auto wrong = [&](const std::string& problem) {
    return config_error(ErrorKind::InvalidConfig, "/annotations/" + name, problem);
  };
  Result<spec::OverlayRoot> asked = spec::parse_overlay_root(found->second);
  if (!asked) return wrong(asked.error().text);
  OverlayRoot overlay{.upper = {asked->upper}, .work = {asked->work}};
  overlay.is_volatile = asked->volatile_;
  for (const std::string& directory : asked->lower) overlay.lower.push_back({directory});
  if (overlay.lower.empty()) return wrong("lower must have a directory");
  if (asked->upper.empty() != asked->work.empty()) return wrong("upper and work go together");
  std::vector<std::string> all = asked->lower;
  if (!asked->upper.empty()) all.insert(all.end(), {asked->upper, asked->work});
  for (const std::string& directory : all) {
    if (!directory.starts_with('/')) return wrong('"' + directory + "\" must be absolute");
  }
  if (!asked->id_map) return overlay;
  const IdMapPlan& ids = context.ids;
  if (ids.method == IdMapMethod::None) return wrong("idmap needs a user namespace of its own");
  const auto parent = [](const std::string& path) { return path.substr(0, path.rfind('/') + 1); };
  if (parent(asked->upper) != parent(asked->work)) {
    return wrong("with idmap, upper and work must lie in the same directory");
  }
  overlay.id_map = MountIdMap{.uids = ids.uids, .gids = ids.gids};
  return overlay;
}

}  // namespace

bool is_in_user_namespace(const RootfsContext& context) {
  return context.host.in_user_namespace ||
         use_of(context.config, CLONE_NEWUSER) != NamespaceUse::Inherited;
}

bool has_rights_over(const RootfsContext& context, uint64_t clone_flag) {
  const NamespaceUse use = use_of(context.config, clone_flag);
  switch (use_of(context.config, CLONE_NEWUSER)) {
    case NamespaceUse::New:
      return use == NamespaceUse::New;  // whatever existed before belongs to another
    case NamespaceUse::Joined:
      return use != NamespaceUse::Inherited;
    case NamespaceUse::Inherited:
      return !context.host.in_user_namespace || use != NamespaceUse::Inherited;
  }
  return false;
}

std::vector<uint64_t> propagation_of_bind(const RootfsDraft& draft,
                                          const std::vector<uint64_t>& asked) {
  // A clone of a shared mount is its peer until told otherwise.
  const bool is_cut_off =
      !asked.empty() && (asked.front() & MS_REC) != 0 && (asked.front() & MS_SHARED) == 0;
  if (is_cut_off || draft.stays_shared) return asked;
  std::vector<uint64_t> all = {draft.inherited_propagation};
  all.insert(all.end(), asked.begin(), asked.end());
  return all;
}

AttributeChange attributes_of_new_mount(const MountOptions& options) {
  const AttributeChange& top = options.attributes;
  const AttributeChange& all = options.recursive_attributes;
  return {.set = (top.set & ~all.clear) | all.set, .clear = 0};
}

Result<RootfsPlan> decide_rootfs(const RootfsContext& context, std::vector<std::string>& warnings) {
  const spec::Config& config = context.config;
  RootfsPlan plan;
  plan.root = absolute_host_path(context.options.bundle, config.root->path);
  plan.readonly = config.root->readonly;
  plan.overlay = TRY(decide_overlay(context));
  // pivot_root in a namespace that others live in would move their root, too.
  plan.no_pivot = context.options.no_pivot || use_of(config, CLONE_NEWNS) == NamespaceUse::Joined;
  const bool creator_can_clone = is_privileged(context.host) || context.host.owns_mount_namespace;
  plan.opened_by = creator_can_clone ? OpenedBy::Creator : OpenedBy::Init;
  const Propagation propagation = TRY(decide_propagation(context, plan.no_pivot));
  plan.inherited_propagation = propagation.inherited;
  plan.root_propagation = propagation.of_root;

  RootfsDraft draft{.context = context,
                    .opened_by = plan.opened_by,
                    .inherited_propagation = propagation.inherited,
                    .stays_shared = propagation.shared,
                    .operations = {},
                    .last_operations = {},
                    .warnings = {}};
  for (size_t i = 0; i < config.mounts.size(); ++i) TRY(add_mount(draft, i));
  add_devices(draft);
  add_notify_directory(draft);  // last: a mount of the config may cover /run
  plan.operations = std::move(draft.operations);
  std::move(draft.last_operations.begin(), draft.last_operations.end(),
            std::back_inserter(plan.operations));
  std::move(draft.warnings.begin(), draft.warnings.end(), std::back_inserter(warnings));

  plan.masked_paths = clean_paths(config.linux_->masked_paths);
  plan.readonly_paths = clean_paths(config.linux_->readonly_paths);
  return plan;
}

}  // namespace ocirt::plan
