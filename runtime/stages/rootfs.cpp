// Opens the sources, attaches the rootfs and runs its operations. Runs in: creator
// (acquire_rootfs), init (build_rootfs).
#include "runtime/stages/rootfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/stages/mount_id_maps.h"
#include "runtime/stages/rootfs_builder.h"
#include "runtime/stages/rootfs_overlay.h"

namespace ocirt::stages {

namespace {

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

Error rootfs_error(const plan::RootfsPlan& plan, Error error) {
  return about("rootfs " + quoted(plan.root.text), std::move(error));
}

// The whole tree, as a host may have mounts in it.
Result<sys::MountFd> open_rootfs(const plan::RootfsPlan& plan) {
  Result<sys::MountFd> root = sys::open_tree(AT_FDCWD, plan.root.text.c_str(), AT_RECURSIVE);
  if (!root) return rootfs_error(plan, std::move(root).error());
  struct stat status {};
  if (::fstat(root->get(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    return rootfs_error(plan, system_error(ENOTDIR, "not a root"));
  }
  return root;
}

Result<sys::MountFd> open_for_creator(const plan::RootfsOperation& operation, MountIdMaps& maps) {
  if (const auto* bind = std::get_if<plan::BindMount>(&operation)) {
    if (bind->opened_by != plan::OpenedBy::Creator) return sys::MountFd();
    sys::MountFd source = TRY(open_source(*bind));
    // Here and now: init may be in a user namespace of its own, without rights over the source.
    if (bind->id_map) {
      TRY(map_ids(source.get(), *bind->id_map, TRY(maps.namespace_of(*bind->id_map))));
    }
    return source;
  }
  if (const auto* device = std::get_if<plan::MakeDevice>(&operation)) {
    const bool ours = device->opened_by == plan::OpenedBy::Creator;
    if (device->bind_from_host && ours) return open_source(*device);
  }
  return sys::MountFd();
}

// What init needs for mapping the ids of a new file system. An empty fd where nothing is mapped.
Result<UniqueFd> id_map_for_init(const plan::RootfsOperation& operation, MountIdMaps& maps) {
  const auto* mount = std::get_if<plan::MountFilesystem>(&operation);
  if (mount == nullptr || !mount->id_map) return UniqueFd();
  UniqueFd copy(::fcntl(TRY(maps.namespace_of(*mount->id_map)), F_DUPFD_CLOEXEC, 0));
  if (!copy) return last_error("duplicate a namespace's fd");
  return copy;
}

// Takes the mount that holds `directory` out of its peer group: else the rootfs would be attached
// in the host's namespace as well, and pivot_root refuses a shared parent (pivot_root(2)).
Result<> make_parent_mount_private(int directory) {
  UniqueFd above;
  for (int here = directory;; here = above.get()) {
    Result<> done = sys::mount_setattr(here, "", 0, {.propagation = MS_PRIVATE});
    // EINVAL: not the root of a mount. The root directory is one, so this ends there.
    if (done || done.error().errno_value != EINVAL) return done;
    above = UniqueFd(::openat(here, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!above) return last_error("open \"..\"");
  }
}

// Where the rootfs is attached: on its own path, since hooks look for it there. In a user namespace
// that path may lie below a directory that is closed to us; then on top of "/", where it serves as
// well, and no hook of that namespace could have seen it anyway.
Result<UniqueFd> open_attach_point(const plan::RootfsPlan& plan) {
  const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  UniqueFd point(::open(plan.root.text.c_str(), flags));
  if (!point && errno == EACCES) point.reset(::open("/", flags));
  if (!point) return last_error("open");
  return point;
}

// Does it depend on the cgroup that we are in? A bind that init opens may be one of its directory.
bool shows_cgroup(const plan::RootfsOperation& operation) {
  if (const auto* mount = std::get_if<plan::MountFilesystem>(&operation)) {
    return mount->type == "cgroup" || mount->type == "cgroup2";
  }
  const auto* bind = std::get_if<plan::BindMount>(&operation);
  return bind != nullptr && bind->opened_by == plan::OpenedBy::Init;
}

Result<> run(RootfsBuilder& builder, const plan::RootfsOperation& operation, sys::MountFd source,
             int id_map) {
  return std::visit(
      [&](const auto& work) -> Result<> {
        using Work = std::decay_t<decltype(work)>;
        if constexpr (std::is_same_v<Work, plan::MountFilesystem>) {
          return builder.mount_filesystem(work, id_map);
        } else if constexpr (std::is_same_v<Work, plan::BindMount>) {
          return builder.bind(work, std::move(source));
        } else if constexpr (std::is_same_v<Work, plan::ChangeMount>) {
          return builder.change_mount(work);
        } else if constexpr (std::is_same_v<Work, plan::MakeDevice>) {
          return builder.make_device(work, std::move(source));
        } else {
          return builder.make_symlink(work);
        }
      },
      operation);
}

}  // namespace

Result<> attach_rootfs(const plan::RootfsPlan& plan, RootfsHandles& held) {
  const uint64_t inherited = plan.inherited_propagation;
  if (inherited != 0) {
    TRY(sys::mount_setattr(AT_FDCWD, "/", (inherited & MS_REC) != 0 ? AT_RECURSIVE : 0,
                           {.propagation = inherited & ~uint64_t{MS_REC}}));
  }
  if (plan.overlay) held.root = TRY(mount_overlay(*plan.overlay, plan.root, held.layers));
  if (plan.opened_by == plan::OpenedBy::Init) {
    if (!plan.overlay) held.root = TRY(open_rootfs(plan));
    if (!plan.masked_paths.empty()) held.null_device = TRY(open_null_device());
  }
  // A clone of a shared mount is a peer of it: what we mount in it would show up on the host.
  const uint64_t apart = (plan.root_propagation & MS_SLAVE) != 0 ? MS_SLAVE : MS_PRIVATE;
  TRY(sys::mount_setattr(held.root.get(), "", AT_RECURSIVE, {.propagation = apart}));

  const UniqueFd point = TRY(open_attach_point(plan));
  if ((inherited & MS_SHARED) != 0) TRY(make_parent_mount_private(point.get()));
  return sys::move_mount(held.root.get(), point.get());
}

Result<> acquire_sources(const plan::RootfsPlan& plan, RootfsHandles& held) {
  held.sources.resize(plan.operations.size());
  held.id_maps.resize(plan.operations.size());
  MountIdMaps maps;
  for (size_t i = 0; i < plan.operations.size(); ++i) {
    Result<sys::MountFd> source = open_for_creator(plan.operations[i], maps);
    if (!source) return about(describe(plan.operations[i]), std::move(source).error());
    held.sources[i] = std::move(*source);
    Result<UniqueFd> id_map = id_map_for_init(plan.operations[i], maps);
    if (!id_map) return about(describe(plan.operations[i]), std::move(id_map).error());
    held.id_maps[i] = std::move(*id_map);
  }
  return {};
}

Result<RootfsHandles> acquire_rootfs(const plan::RootfsPlan& plan) {
  RootfsHandles held;
  if (plan.opened_by == plan::OpenedBy::Creator) {
    if (!plan.overlay) held.root = TRY(open_rootfs(plan));
    if (!plan.masked_paths.empty()) held.null_device = TRY(open_null_device());
  }
  if (plan.overlay) {
    Result<std::vector<sys::MountFd>> layers = open_layers(*plan.overlay);
    if (!layers) return rootfs_error(plan, std::move(layers).error());
    held.layers = std::move(*layers);
  }
  TRY(acquire_sources(plan, held));
  return held;
}

Result<> run_operation(const plan::RootfsPlan& plan, size_t index, RootfsHandles& held,
                       RootfsBuilder& builder) {
  sys::MountFd source;
  if (index < held.sources.size()) source = std::move(held.sources[index]);
  const int id_map = index < held.id_maps.size() ? held.id_maps[index].get() : -1;
  Result<> done = run(builder, plan.operations[index], std::move(source), id_map);
  if (!done) return about(describe(plan.operations[index]), std::move(done).error());
  return {};
}

Result<> build_rootfs(const plan::RootfsPlan& plan, RootfsHandles& held, AwaitedCgroup& cgroup) {
  // Devices get exactly the mode that was asked for.
  const mode_t umask_before = ::umask(0);
  Result<> attached = attach_rootfs(plan, held);
  if (!attached) return rootfs_error(plan, std::move(attached).error());

  RootfsBuilder builder(plan, held);
  for (size_t i = 0; i < plan.operations.size(); ++i) {
    if (shows_cgroup(plan.operations[i])) TRY(cgroup.enter());
    TRY(run_operation(plan, i, held, builder));
  }
  (void)::umask(umask_before);
  return {};
}

}  // namespace ocirt::stages
