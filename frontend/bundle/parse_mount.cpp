// -v, --mount and --tmpfs. Pure.
#include "frontend/bundle/parse_mount.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using Mount = model::RequestedMount;
using Kind = model::RequestedMount::Kind;

Error wrong(std::string_view option, std::string_view text, std::string_view why) {
  return make_error(ErrorKind::InvalidConfig, fmt::format("{} {}: {}", option, text, why));
}

Result<> check_destination(std::string_view option, std::string_view text,
                           std::string_view destination) {
  if (destination.starts_with('/')) return {};
  return wrong(option, text, "the path in the container must begin with '/'");
}

// What options of mounts there are, for errors that find a slip of the pen; those with a value are
// known by what is before the '='.
bool is_known_option(std::string_view option) {
  static constexpr std::array<std::string_view, 50> kNames = {
      "ro",         "rw",          "z",        "Z",          "U",          "O",
      "nocopy",     "copy",        "exec",     "noexec",     "suid",       "nosuid",
      "dev",        "nodev",       "bind",     "rbind",      "shared",     "rshared",
      "slave",      "rslave",      "private",  "rprivate",   "unbindable", "runbindable",
      "idmap",      "sync",        "async",    "atime",      "noatime",    "relatime",
      "norelatime", "strictatime", "diratime", "nodiratime", "tmpcopyup",  "notmpcopyup",
      "size",       "mode",        "uid",      "gid",        "nr_inodes",  "nr_blocks",
      "huge",       "noswap",      "rro",      "upperdir",   "workdir",    "mand",
      "nomand",     "defaults"};
  const std::string_view name = split_pair(option, '=').first;
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

Result<> add_options(std::string_view option, std::string_view text, std::string_view list,
                     Mount& mount) {
  if (list.empty()) return {};
  for (std::string& each : split(list, ',')) {
    if (!is_known_option(each)) {
      return wrong(option, text, fmt::format("there is no mount option '{}'", each));
    }
    mount.options.push_back(std::move(each));
  }
  return {};
}

}  // namespace

std::string without_slashes_at_end(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

Result<Mount> parse_volume(std::string_view text) {
  const std::vector<std::string> parts = split(text, ':');
  Mount mount;
  if (parts.size() > 3 || text.empty()) return wrong("-v", text, "is not [SOURCE:]PATH[:OPTIONS]");
  if (parts.size() == 1) {
    mount.kind = Kind::Volume;
    mount.destination = without_slashes_at_end(parts[0]);
  } else {
    mount.source = parts[0];
    mount.destination = without_slashes_at_end(parts[1]);
    const bool is_path = mount.source.starts_with('/') || mount.source.starts_with('.');
    mount.kind = is_path ? Kind::Bind : Kind::Volume;
    if (mount.source.empty()) return wrong("-v", text, "nothing is before the ':'");
    if (mount.kind == Kind::Volume && mount.source.find('/') != std::string::npos) {
      return wrong("-v", text, "a volume's name can't have a '/'; a path begins with '/' or './'");
    }
  }
  TRY(check_destination("-v", text, mount.destination));
  if (parts.size() == 3) TRY(add_options("-v", text, parts[2], mount));
  return mount;
}

Result<Mount> parse_tmpfs(std::string_view text) {
  const auto [destination, options] = split_pair(text, ':');
  Mount mount = {
      .kind = Kind::Tmpfs, .source = "", .destination = without_slashes_at_end(destination)};
  TRY(check_destination("--tmpfs", text, mount.destination));
  TRY(add_options("--tmpfs", text, options, mount));
  return mount;
}

namespace {

std::optional<Kind> kind_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Kind>, 6> kKinds = {{{"bind", Kind::Bind},
                                                                        {"volume", Kind::Volume},
                                                                        {"tmpfs", Kind::Tmpfs},
                                                                        {"devpts", Kind::Devpts},
                                                                        {"image", Kind::Image},
                                                                        {"glob", Kind::Glob}}};
  for (const auto& [word, kind] : kKinds) {
    if (word == name) return kind;
  }
  return std::nullopt;
}

bool is_true(std::string_view value) {
  return value.empty() || value == "true" || value == "1";
}

// One word of --mount after the type.
Result<> add_word(std::string_view text, std::string_view word, Mount& mount) {
  const auto [key, value] = split_pair(word, '=');
  if (key == "src" || key == "source") {
    mount.source = value;
  } else if (key == "target" || key == "destination" || key == "dst") {
    mount.destination = without_slashes_at_end(value);
  } else if (key == "ro" || key == "readonly") {
    mount.options.emplace_back(is_true(value) ? "ro" : "rw");
  } else if (key == "rw") {
    mount.options.emplace_back(is_true(value) ? "rw" : "ro");
  } else if (key == "bind-propagation") {
    mount.options.emplace_back(value);
  } else if (key == "bind-nonrecursive") {
    mount.options.emplace_back(is_true(value) ? "bind" : "rbind");
  } else if (key == "relabel" && (value == "shared" || value == "private")) {
    mount.options.emplace_back(value == "shared" ? "z" : "Z");
  } else if (key == "U" || key == "chown") {
    if (is_true(value)) mount.options.emplace_back("U");
  } else if (key == "tmpfs-size") {
    mount.options.push_back(fmt::format("size={}", value));
  } else if (key == "tmpfs-mode") {
    mount.options.push_back(fmt::format("mode={}", value));
  } else if (key == "volume-nocopy") {
    if (is_true(value)) mount.options.emplace_back("nocopy");
  } else if (key == "consistency") {
    // Docker's, for other systems; podman takes and ignores it too.
  } else if (is_known_option(key)) {
    mount.options.emplace_back(word);
  } else {
    return wrong("--mount", text, fmt::format("'{}' is not known", key));
  }
  return {};
}

}  // namespace

Result<Mount> parse_mount(std::string_view text) {
  Mount mount = {.kind = Kind::Volume};  // podman's default
  for (const std::string& word : split(text, ',')) {
    if (!word.starts_with("type=")) {
      TRY(add_word(text, word, mount));
      continue;
    }
    const std::optional<Kind> kind = kind_named(word.substr(5));
    if (!kind) return wrong("--mount", text, fmt::format("there is no {}", word));
    mount.kind = *kind;
  }
  if (mount.destination.empty()) return wrong("--mount", text, "names no destination");
  TRY(check_destination("--mount", text, mount.destination));
  const bool needs_source = mount.kind == Kind::Bind || mount.kind == Kind::Image;
  if (needs_source && mount.source.empty()) return wrong("--mount", text, "names no source");
  if (mount.kind == Kind::Glob) {
    return make_error(ErrorKind::Unsupported, "--mount type=glob is not supported");
  }
  return mount;
}

}  // namespace ocirt::bundle
