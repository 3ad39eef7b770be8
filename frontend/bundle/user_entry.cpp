// An entry in the container's /etc/passwd for a user that has none.
#include "frontend/bundle/user_entry.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/unique_fd.h"
#include "frontend/bundle/layered_tree.h"
#include "sys/file.h"

namespace ocirt::bundle {

namespace {

constexpr size_t kMostUsers = 16 << 20;
constexpr mode_t kReadable = 0644;

// Of the topmost layer that has one.
std::optional<struct stat> find_etc(const model::Record& record) {
  for (const std::string& layer : record.layers) {
    Result<UniqueFd> root = sys::open_at(AT_FDCWD, layer.c_str(), O_PATH | O_DIRECTORY);
    struct stat info = {};
    if (!root || ::fstatat(root->get(), "etc", &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    return S_ISDIR(info.st_mode) ? std::optional(info) : std::nullopt;
  }
  return std::nullopt;
}

// The container's own /etc, made as the image has it. What is there the container may have made:
// no link is followed.
std::optional<UniqueFd> open_etc(const model::Record& record, const std::string& directory) {
  const std::string path = directory + "/upper";
  const Result<UniqueFd> upper =
      sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const std::optional<struct stat> etc = find_etc(record);
  if (!upper || !etc) return std::nullopt;
  const bool is_made = ::mkdirat(upper->get(), "etc", 0700) == 0;
  Result<UniqueFd> opened = sys::open_at(upper->get(), "etc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return std::nullopt;
  // A plain user can't give a directory to others: then there is none.
  const bool is_like_the_image =
      !is_made || (::fchown(opened->get(), etc->st_uid, etc->st_gid) == 0 &&
                   ::fchmod(opened->get(), etc->st_mode & 07777) == 0);
  if (is_like_the_image) return std::move(*opened);
  (void)::unlinkat(upper->get(), "etc", AT_REMOVEDIR);  // empty still
  return std::nullopt;
}

// Adds a line to a file that the image has.
void append_line(int etc, const LayeredTree& tree, const char* name, const std::string& line) {
  Result<std::string> text = tree.read_file(std::string("/etc/") + name, kMostUsers);
  if (!text) return;
  if (!text->empty() && !text->ends_with('\n')) *text += '\n';
  (void)sys::replace_file(etc, name, *text + line, kReadable);  // the container can do without
}

std::string home_of(const model::Record& record, const passwd* user) {
  const bool has_home = user != nullptr && std::any_of(record.mounts.begin(), record.mounts.end(),
                                                       [&](const auto& mount) {
                                                         return mount.destination == user->pw_dir;
                                                       });
  return has_home ? user->pw_dir : record.workdir;
}

}  // namespace

std::string user_line(std::string name, const Identity& identity, std::string comment) {
  const auto breaks = [](char c) { return c == ':' || c == '\n' || c == '\r'; };
  std::erase_if(name, breaks);
  std::erase_if(comment, breaks);
  std::string home = identity.home;
  std::erase_if(home, breaks);
  return fmt::format("{}:*:{}:{}:{}:{}:/bin/sh\n", name, identity.uid, identity.gid, comment, home);
}

void add_user_entry(const model::Record& record, HostView& host) {
  Identity& identity = host.identity;
  if (!record.rootfs.empty() || !identity.is_unknown) return;
  const bool is_kept =
      record.request.namespaces.user.starts_with("keep-id") && record.request.user.empty();
  const passwd* user = is_kept ? ::getpwuid(host.uid) : nullptr;
  const std::string name = user == nullptr ? fmt::format("{}", identity.uid) : user->pw_name;
  std::vector<std::string> layers = record.layers;
  layers.insert(layers.begin(), host.places.directory + "/upper");
  const LayeredTree tree(std::move(layers));
  if (!tree.read_file("/etc/passwd", kMostUsers)) return;
  const std::optional<UniqueFd> etc = open_etc(record, host.places.directory);
  if (!etc) return;
  identity.home = home_of(record, user);
  append_line(etc->get(), tree, "passwd",
              user_line(name, identity, user == nullptr ? "container user" : user->pw_gecos));
  if (identity.group_is_unknown) {
    append_line(etc->get(), tree, "group", fmt::format("{}:x:{}:\n", name, identity.gid));
  }
}

}  // namespace ocirt::bundle
