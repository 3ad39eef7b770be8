// Prints the plan of a rootfs, operation by operation. Pure.
#include <sys/stat.h>

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/plan/print_sections.h"

namespace ocirt::plan {

namespace {

std::string_view name_of(OpenedBy opened_by) {
  return opened_by == OpenedBy::Creator ? "creator" : "init";
}

void print_change(PlanWriter& out, std::string_view name, const AttributeChange& change) {
  const std::string prefix(name);
  out.bits("set_" + prefix, change.set, kMountAttributes);
  out.bits("clear_" + prefix, change.clear, kMountAttributes);
}

void print_propagation(PlanWriter& out, const std::vector<uint64_t>& propagation) {
  std::string names;
  for (const uint64_t flags : propagation) {
    names += (names.empty() ? "" : ", ") + join_names(flags, kPropagationFlags);
  }
  out.text("propagation", names);
}

void print_id_map(PlanWriter& out, const std::optional<MountIdMap>& map) {
  if (!map) return;
  out.object("id_map", [&] {
    out.texts("uids", lines_of(map->uids));
    out.texts("gids", lines_of(map->gids));
    out.text("user_namespace", map->user_namespace.text);
    out.flag("recursive", map->recursive);
  });
}

/// Writes the members of one kind of operation; its name comes first.
class OperationPrinter {
 public:
  explicit OperationPrinter(PlanWriter& out) : out_(out) {}

  void operator()(const MountFilesystem& mount) {
    out_.text("operation", "mount_filesystem");
    out_.text("destination", mount.destination.text);
    out_.text("type", mount.type);
    out_.text("source", mount.source);
    std::string options;
    for (const FilesystemOption& option : mount.options) {
      options += (options.empty() ? "" : ",") + option.key;
      if (option.value) options += "=" + *option.value;
    }
    out_.text("options", options);
    print_change(out_, "attributes", mount.attributes);
    print_change(out_, "recursive_attributes", mount.recursive_attributes);
    print_propagation(out_, mount.propagation);
    out_.flag("needs_plain_directory", mount.needs_plain_directory);
    out_.flag("copy_up", mount.copy_up);
    out_.flag("keep_mode", mount.keep_mode);
    print_id_map(out_, mount.id_map);
  }

  void operator()(const BindMount& bind) {
    out_.text("operation", "bind_mount");
    out_.text("destination", bind.destination.text);
    out_.text("source", bind.source.text);
    out_.flag("recursive", bind.recursive);
    out_.text("opened_by", name_of(bind.opened_by));
    print_change(out_, "attributes", bind.attributes);
    print_change(out_, "recursive_attributes", bind.recursive_attributes);
    print_propagation(out_, bind.propagation);
    out_.flag("source_nofollow", bind.source_nofollow);
    out_.flag("destination_nofollow", bind.destination_nofollow);
    out_.flag("copy_symlink", bind.copy_symlink);
    out_.flag("source_is_procfs", bind.source_is_procfs);
    print_id_map(out_, bind.id_map);
  }

  void operator()(const ChangeMount& change) {
    out_.text("operation", "change_mount");
    out_.text("destination", change.destination.text);
    print_change(out_, "attributes", change.attributes);
    print_change(out_, "recursive_attributes", change.recursive_attributes);
    print_propagation(out_, change.propagation);
  }

  void operator()(const MakeDevice& device) {
    out_.text("operation", "make_device");
    out_.text("path", device.path.text);
    out_.text("type", type_of(device));
    if (device.type != S_IFIFO) {
      out_.json.member("major", device.major);
      out_.json.member("minor", device.minor);
    }
    out_.octal("mode", device.mode);
    out_.number("uid", device.uid);
    out_.number("gid", device.gid);
    out_.flag("bind_from_host", device.bind_from_host);
    if (device.bind_from_host) out_.text("opened_by", name_of(device.opened_by));
  }

  void operator()(const MakeSymlink& link) {
    out_.text("operation", "make_symlink");
    out_.text("path", link.path.text);
    out_.text("target", link.target);
    out_.flag("replace", link.replace);
  }

 private:
  static std::string_view type_of(const MakeDevice& device) {
    if (device.type == S_IFCHR) return "character";
    return device.type == S_IFBLK ? "block" : "fifo";
  }

  PlanWriter& out_;
};

void print_overlay(PlanWriter& out, const OverlayRoot& overlay) {
  out.object("overlay", [&] {
    std::vector<std::string> lower;
    for (const HostPath& path : overlay.lower) lower.push_back(path.text);
    out.texts("lower", lower);
    out.text("upper", overlay.upper.text);
    out.text("work", overlay.work.text);
    out.flag("volatile", overlay.is_volatile);
    print_id_map(out, overlay.id_map);
  });
}

}  // namespace

void print_rootfs(PlanWriter& out, const RootfsPlan& plan) {
  out.object("rootfs", [&] {
    out.text("root", plan.root.text);
    if (plan.overlay) print_overlay(out, *plan.overlay);
    out.flag("readonly", plan.readonly);
    out.bits("inherited_propagation", plan.inherited_propagation, kPropagationFlags);
    out.bits("root_propagation", plan.root_propagation, kPropagationFlags);
    out.text("opened_by", name_of(plan.opened_by));
    out.objects("operations", plan.operations, [&](const RootfsOperation& operation) {
      std::visit(OperationPrinter(out), operation);
    });
    out.flag("no_pivot", plan.no_pivot);
    out.paths("masked_paths", plan.masked_paths);
    out.paths("readonly_paths", plan.readonly_paths);
  });
}

}  // namespace ocirt::plan
