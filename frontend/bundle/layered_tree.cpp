// Files of a container's root file system, read without mounting it.
#include "frontend/bundle/layered_tree.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <optional>

#include "base/unique_fd.h"
#include "frontend/bundle/text.h"
#include "sys/file.h"

namespace ocirt::bundle {

namespace {

// What one layer says of a path.
struct Answer {
  enum class Kind {
    Below,   // nothing: look into the next layer
    Hidden,  // there is no such file, whatever the layers below have
    File,
    Link,  // a symbolic link on the way, or the last name
  };
  Kind kind = Kind::Below;
  UniqueFd file;
  size_t link_at = 0;  // which name is the link
  std::string target;
};

bool is_opaque(int directory) {
  // By /proc, since O_PATH has no attributes; as much as the kernel asks for with and without
  // "userxattr".
  const std::string path = fmt::format("/proc/self/fd/{}", directory);
  char value = 0;
  for (const char* name : {"user.overlay.opaque", "trusted.overlay.opaque"}) {
    if (::getxattr(path.c_str(), name, &value, 1) == 1 && value == 'y') return true;
  }
  return false;
}

Answer hidden() {
  return {.kind = Answer::Kind::Hidden};
}

// The last name: a file to be read. Nothing else is opened, since a fifo would block us.
Answer open_last(int directory, const std::string& name, const struct stat& info) {
  if (!S_ISREG(info.st_mode)) return hidden();
  Result<UniqueFd> file = sys::open_at(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) return hidden();
  return {.kind = Answer::Kind::File, .file = std::move(*file)};
}

Answer ask_layer(const std::string& layer, const std::vector<std::string>& names) {
  Result<UniqueFd> root = sys::open_at(AT_FDCWD, layer.c_str(), O_PATH | O_DIRECTORY);
  if (!root) return {};
  UniqueFd directory = std::move(*root);
  bool opaque = false;
  for (size_t i = 0; i < names.size(); ++i) {
    struct stat info = {};
    if (::fstatat(directory.get(), names[i].c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return opaque ? hidden() : Answer{};
    }
    if (S_ISCHR(info.st_mode) && info.st_rdev == makedev(0, 0)) return hidden();
    if (S_ISLNK(info.st_mode)) {
      Result<std::string> target = sys::read_link(directory.get(), names[i].c_str());
      if (!target) return hidden();
      return {.kind = Answer::Kind::Link, .link_at = i, .target = std::move(*target)};
    }
    if (i + 1 == names.size()) return open_last(directory.get(), names[i], info);
    if (!S_ISDIR(info.st_mode)) return hidden();
    Result<UniqueFd> next =
        sys::open_at(directory.get(), names[i].c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (!next) return hidden();
    directory = std::move(*next);
    opaque = opaque || is_opaque(directory.get());
  }
  return hidden();
}

// Without dots; ".." ends at the root.
std::vector<std::string> clean_names(std::string_view path) {
  std::vector<std::string> names;
  for (std::string& name : split(path, '/')) {
    if (name.empty() || name == ".") continue;
    if (name != "..") {
      names.push_back(std::move(name));
    } else if (!names.empty()) {
      names.pop_back();
    }
  }
  return names;
}

std::string follow(const std::vector<std::string>& names, const Answer& link) {
  std::string path;
  if (!link.target.starts_with('/')) {
    for (size_t i = 0; i < link.link_at; ++i) path += '/' + names[i];
  }
  path += '/' + link.target;
  for (size_t i = link.link_at + 1; i < names.size(); ++i) path += '/' + names[i];
  return path;
}

}  // namespace

Result<std::string> LayeredTree::read_file(std::string_view path, size_t limit) const {
  constexpr int kMostLinks = 40;
  std::string now(path);
  for (int links = 0; links < kMostLinks; ++links) {
    const std::vector<std::string> names = clean_names(now);
    Answer answer;
    for (const std::string& layer : layers_) {
      answer = ask_layer(layer, names);
      if (answer.kind != Answer::Kind::Below) break;
    }
    if (answer.kind == Answer::Kind::File) return sys::read_all(answer.file.get(), limit);
    if (answer.kind != Answer::Kind::Link) break;
    now = follow(names, answer);
  }
  return make_error(ErrorKind::NotFound, fmt::format("{}: not in the container", path));
}

}  // namespace ocirt::bundle
