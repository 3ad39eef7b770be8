// The container's root as an overlay of directories. Runs in: creator (open_layers,
// look_at_overlay), init (mount_overlay).
#include "runtime/stages/rootfs_overlay.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "runtime/stages/mount_id_maps.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

// fsconfig(2) takes no longer value (fs/fsopen.c).
constexpr size_t kLongestValue = 255;

// The words of mount(8) for the overlay.
struct Directories {
  std::vector<std::string> lower;
  std::string upper;
  std::string work;
};

// overlayfs reads "a:b" and "a,b" as two names (Documentation/filesystems/overlayfs.rst).
bool needs_escape(const std::string& path) {
  return path.find_first_of(":,\\") != std::string::npos;
}

std::string path_of(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

// Names that fsconfig takes as they are: a path that is too long, or has a separator in it, becomes
// that of an fd, which is kept in `open`.
Result<std::string> plain_name(const std::string& path, std::vector<UniqueFd>& open) {
  if (path.size() <= kLongestValue && !needs_escape(path)) return path;
  open.push_back(TRY(sys::open_at(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY)));
  return path_of(open.back().get());
}

Result<Directories> name_directories(const plan::OverlayRoot& overlay,
                                     const std::vector<sys::MountFd>& layers,
                                     std::vector<UniqueFd>& open) {
  Directories named;
  const bool is_writable = !overlay.upper.text.empty();
  if (layers.empty()) {
    for (const HostPath& path : overlay.lower) {
      named.lower.push_back(TRY(plain_name(path.text, open)));
    }
    if (!is_writable) return named;
    named.upper = TRY(plain_name(overlay.upper.text, open));
    named.work = TRY(plain_name(overlay.work.text, open));
    return named;
  }
  for (size_t i = 0; i < overlay.lower.size(); ++i) {
    named.lower.push_back(path_of(layers[i].get()));
  }
  if (!is_writable) return named;
  const auto last_name = [](const std::string& path) { return path.substr(path.rfind('/')); };
  named.upper = path_of(layers.back().get()) + last_name(overlay.upper.text);
  named.work = path_of(layers.back().get()) + last_name(overlay.work.text);
  return named;
}

Result<sys::MountFd> mount_in_one_call(const plan::OverlayRoot& overlay, const Directories& named,
                                       const HostPath& root) {
  std::string options = "userxattr";
  if (!named.upper.empty()) options += ",upperdir=" + named.upper + ",workdir=" + named.work;
  if (overlay.is_volatile) options += ",volatile";
  return sys::mount_overlay_at_once(named.lower, root.text, options);
}

Result<> set_options(int fs, const plan::OverlayRoot& overlay, const Directories& named) {
  for (const std::string& path : named.lower) {
    TRY(sys::fsconfig_set_string(fs, "lowerdir+", path.c_str()));
  }
  if (!named.upper.empty()) {
    TRY(sys::fsconfig_set_string(fs, "upperdir", named.upper.c_str()));
    TRY(sys::fsconfig_set_string(fs, "workdir", named.work.c_str()));
    if (overlay.is_volatile) TRY(sys::fsconfig_set_flag(fs, "volatile"));
  }
  // The xattrs that every user may write; images are unpacked with them.
  TRY(sys::fsconfig_set_flag(fs, "userxattr"));
  return sys::fsconfig_create(fs);
}

// A mount can be a layer only while it is attached. Where doesn't matter: /proc/self/fd leads to
// each one, whatever lies over it, and the overlay keeps a copy of its own.
Result<> attach_layers(const std::vector<sys::MountFd>& layers, const HostPath& root) {
  for (const sys::MountFd& layer : layers) {
    const UniqueFd point = TRY(sys::open_at(AT_FDCWD, root.text.c_str(), O_PATH | O_DIRECTORY));
    TRY(sys::move_mount(layer.get(), point.get()));
  }
  return {};
}

Result<> detach_layers(const std::vector<sys::MountFd>& layers, const HostPath& root) {
  for (size_t i = 0; i < layers.size(); ++i) {
    TRY(sys::unmount_at(root.text));
  }
  return {};
}

// The kernel's word for a directory that isn't there names none; so we look which.
Error explain(Error error, const plan::OverlayRoot& overlay) {
  if (error.errno_value != ENOENT && error.errno_value != ENOTDIR) return error;
  std::vector<HostPath> all = overlay.lower;
  if (!overlay.upper.text.empty()) all.insert(all.end(), {overlay.upper, overlay.work});
  for (const HostPath& path : all) {
    const Result<UniqueFd> found = sys::open_at(AT_FDCWD, path.text.c_str(), O_PATH | O_DIRECTORY);
    if (!found) return found.error();
  }
  return error;
}

Result<sys::MountFd> mount_named(const plan::OverlayRoot& overlay, const Directories& named,
                                 const HostPath& root) {
  const UniqueFd fs = TRY(sys::fsopen("overlay"));
  Result<> done = set_options(fs.get(), overlay, named);
  if (done) return sys::fsmount(fs.get(), 0);
  // Before 6.5 fsconfig(2) only collects overlayfs's options, and creating it reads them: either
  // may be what refuses "lowerdir+".
  if (done.error().errno_value == EINVAL && !root.text.empty()) {
    return mount_in_one_call(overlay, named, root);
  }
  return explain(std::move(done).error(), overlay);
}

// What the child of look_at_overlay() gets.
struct Looker {
  const plan::OverlayRoot& overlay;
  int socket;
};

[[noreturn]] void look(void* argument) noexcept {
  const Looker& looker = *static_cast<const Looker*>(argument);
  // An old kernel needs a place to mount on; in this namespace any will do.
  Result<> apart = sys::mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, {.propagation = MS_PRIVATE});
  Result<sys::MountFd> merged = mount_overlay(looker.overlay, {"/tmp"}, {});
  if (!apart || !merged) _exit(1);
  const std::array<std::byte, 1> word{};
  _exit(sys::send_packet(looker.socket, word, merged->get()) ? 0 : 1);
}

}  // namespace

Result<std::vector<sys::MountFd>> open_layers(const plan::OverlayRoot& overlay) {
  std::vector<sys::MountFd> layers;
  if (!overlay.id_map) return layers;
  std::vector<std::string> paths;
  for (const HostPath& path : overlay.lower) paths.push_back(path.text);
  const std::string& upper = overlay.upper.text;
  if (!upper.empty()) paths.push_back(upper.substr(0, upper.rfind('/') + 1));
  MountIdMaps maps;
  const int user_namespace = TRY(maps.namespace_of(*overlay.id_map));
  for (const std::string& path : paths) {
    layers.push_back(TRY(sys::open_tree(AT_FDCWD, path.c_str(), 0)));
    // A copy of a shared mount, as systemd makes them all, is its peer: what is mounted on the copy
    // would appear on the host (mount_namespaces(7)).
    TRY(sys::mount_setattr(layers.back().get(), "", AT_EMPTY_PATH, {.propagation = MS_PRIVATE}));
    TRY(map_ids(layers.back().get(), *overlay.id_map, user_namespace));
  }
  return layers;
}

Result<sys::MountFd> mount_overlay(const plan::OverlayRoot& overlay, const HostPath& root,
                                   const std::vector<sys::MountFd>& layers) {
  std::vector<UniqueFd> open;
  TRY(attach_layers(layers, root));
  const Directories named = TRY(name_directories(overlay, layers, open));
  sys::MountFd made = TRY(mount_named(overlay, named, root));
  TRY(detach_layers(layers, root));
  return made;
}

Result<sys::RootDir> look_at_overlay(const plan::OverlayRoot& overlay) {
  plan::OverlayRoot view{.lower = overlay.lower};
  if (!overlay.upper.text.empty()) view.lower.insert(view.lower.begin(), overlay.upper);
  auto [ours, theirs] = TRY(sys::packet_pair());
  Looker looker{.overlay = view, .socket = theirs.get()};
  const uint64_t user = ::geteuid() == 0 ? 0 : CLONE_NEWUSER;
  const sys::Child child = TRY(sys::spawn({.flags = CLONE_NEWNS | user}, look, &looker));
  theirs.reset();
  std::array<std::byte, 1> word{};
  sys::Packet packet = TRY(sys::receive_packet(ours.get(), word));
  if (packet.size == 0 || !packet.fd) {
    return make_error(ErrorKind::System, "the layers of the root can't be looked at");
  }
  return sys::RootDir(std::move(packet.fd));
}

}  // namespace ocirt::stages
