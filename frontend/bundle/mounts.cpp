// What is mounted into the container, in order. Pure.
#include <fmt/core.h>

#include <algorithm>

#include "frontend/bundle/parts.h"
#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using model::RequestedMount;
using nlohmann::json;
using Kind = RequestedMount::Kind;
using Source = Namespaces::Source;
using Words = std::vector<std::string>;

json mount(std::string_view destination, std::string_view type, std::string_view source,
           const Words& options) {
  return {{"destination", destination}, {"type", type}, {"source", source}, {"options", options}};
}

bool is_in_user_namespace(const Namespaces& namespaces) {
  return namespaces.user.source != Source::Host;
}

bool is_privileged(const Input& input) {
  return input.record.request.privileged || input.settings.privileged;
}

bool is_mapped(const std::vector<unpack::IdRange>& ranges, uint32_t id) {
  return std::any_of(ranges.begin(), ranges.end(), [id](const unpack::IdRange& range) {
    return id >= range.inside && id - range.inside < range.count;
  });
}

// A user namespace mounts proc and sysfs only of namespaces that it owns; where the host's are
// seen, the host's mounts are too.
void add_kernel_views(const Input& input, const Namespaces& namespaces, json& list) {
  const bool is_user = is_in_user_namespace(namespaces);
  if (is_user && namespaces.pid.source == Source::Host) {
    list.push_back(
        mount("/proc", "bind", "/proc", {"rbind", "rprivate", "nosuid", "noexec", "nodev"}));
  } else {
    Words options = {"nosuid", "noexec", "nodev"};
    if (const auto extra = find_security_option(input, "proc-opts")) {
      for (std::string& word : split(*extra, ',')) options.push_back(std::move(word));
    }
    list.push_back(mount("/proc", "proc", "proc", options));
  }
  list.push_back(mount("/dev", "tmpfs", "tmpfs",
                       {"nosuid", "noexec", "strictatime", "mode=755", "size=65536k"}));
  const std::string access = is_privileged(input) ? "rw" : "ro";
  if (is_user && namespaces.network.source != Source::Own) {
    list.push_back(
        mount("/sys", "bind", "/sys", {"rbind", "rprivate", "nosuid", "noexec", "nodev", access}));
  } else {
    list.push_back(mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", access}));
  }
}

// Half of the memory unless somebody says otherwise: 64 MB break programs that share tensors, and
// the pages count as the container's memory anyway.
Result<> add_shared_memory(const Input& input, const Namespaces& namespaces, json& list) {
  const model::Request& request = input.record.request;
  const std::string ipc =
      request.namespaces.ipc.empty() ? input.settings.ipc_namespace : request.namespaces.ipc;
  if (ipc == "none") return {};
  if (namespaces.ipc.source == Source::Host) {
    list.push_back(
        mount("/dev/shm", "bind", "/dev/shm", {"bind", "rprivate", "nosuid", "noexec", "nodev"}));
    return {};
  }
  if (namespaces.ipc.source == Source::Path) {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("--ipc {}: containers can't share /dev/shm yet", ipc))
        .with_hint("--ipc host shares the host's among containers");
  }
  Words options = {"nosuid", "noexec", "nodev", "mode=1777"};
  const std::string& size = request.shm_size.empty() ? input.settings.shm_size : request.shm_size;
  if (!size.empty()) {
    const std::optional<int64_t> bytes = parse_size(size);
    if (!bytes) {
      return make_error(ErrorKind::InvalidConfig, fmt::format("--shm-size {}: not a size", size));
    }
    options.push_back(fmt::format("size={}", *bytes));
  }
  list.push_back(mount("/dev/shm", "tmpfs", "shm", options));
  return {};
}

Result<> add_below_dev(const Input& input, const Namespaces& namespaces, json& list) {
  constexpr uint32_t kTty = 5;
  Words pts = {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"};
  if (!is_in_user_namespace(namespaces) || is_mapped(input.host.ids.gids, kTty)) {
    pts.emplace_back("gid=5");
  }
  list.push_back(mount("/dev/pts", "devpts", "devpts", pts));
  if (is_in_user_namespace(namespaces) && namespaces.ipc.source != Source::Own) {
    list.push_back(mount("/dev/mqueue", "bind", "/dev/mqueue",
                         {"bind", "rprivate", "nosuid", "noexec", "nodev"}));
  } else {
    list.push_back(mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}));
  }
  return add_shared_memory(input, namespaces, list);
}

// Files that ocictl writes for this container.
void add_own_files(const Input& input, json& list) {
  const model::Record& record = input.record;
  const model::Request& request = record.request;
  const std::string& directory = input.host.places.directory;
  Words options = {"bind", "rprivate"};
  if (request.read_only || input.settings.read_only) {
    options.insert(options.end(), {"ro", "nosuid", "noexec", "nodev"});
  }
  const auto add = [&](const char* destination, const char* name) {
    list.push_back(mount(destination, "bind", directory + '/' + name, options));
  };
  const bool keeps_dns =
      std::find(request.dns.begin(), request.dns.end(), "none") != request.dns.end();
  const bool has_dns = record.network != "none" || !request.dns.empty();
  if (has_dns && !keeps_dns) add("/etc/resolv.conf", "resolv.conf");
  if (!request.no_hosts && !input.settings.no_hosts) add("/etc/hosts", "hosts");
  add("/etc/hostname", "hostname");
  add("/run/.containerenv", "containerenv");
  if (!input.host.init_program.empty()) {
    list.push_back(mount(kInitPath, "bind", input.host.init_program, {"bind", "rprivate", "ro"}));
  }
  if (!input.host.timezone.empty()) {
    list.push_back(
        mount("/etc/localtime", "bind", input.host.timezone, {"bind", "rprivate", "ro"}));
  }
}

void add_cgroup(const Input& input, const Namespaces& namespaces, json& list) {
  // Controllers of v1 can't be mounted in a user namespace.
  if (is_in_user_namespace(namespaces) && !input.host.unified_cgroups) return;
  list.push_back(mount(
      "/sys/fs/cgroup", "cgroup", "cgroup",
      {"rprivate", "nosuid", "noexec", "nodev", "relatime", is_privileged(input) ? "rw" : "ro"}));
}

bool has_word(const Words& options, std::initializer_list<std::string_view> words) {
  return std::any_of(options.begin(), options.end(), [&](const std::string& option) {
    return std::find(words.begin(), words.end(), option) != words.end();
  });
}

// What ocictl itself does with a mount (frontend/containers/), or what SELinux would.
Words without_our_words(const Words& options) {
  Words rest = options;
  std::erase_if(rest, [](const std::string& option) {
    return has_word({option}, {"z", "Z", "U", "nocopy", "copy", "defaults"});
  });
  return rest;
}

Words bind_options(const RequestedMount& asked) {
  Words options = without_our_words(asked.options);
  if (!has_word(options, {"ro", "rw", "rro"})) options.emplace_back("rw");
  if (!has_word(options, {"shared", "rshared", "slave", "rslave", "private", "rprivate",
                          "unbindable", "runbindable"})) {
    options.emplace_back("rprivate");
  }
  if (!has_word(options, {"bind", "rbind"})) options.emplace_back("rbind");
  return options;
}

Words tmpfs_options(const RequestedMount& asked) {
  Words options = without_our_words(asked.options);
  if (!has_word(options, {"ro", "rw"})) options.emplace_back("rw");
  options.emplace_back("rprivate");
  if (!has_word(options, {"suid", "nosuid"})) options.emplace_back("nosuid");
  if (!has_word(options, {"dev", "nodev"})) options.emplace_back("nodev");
  if (!has_word(options, {"tmpcopyup", "notmpcopyup"})) options.emplace_back("tmpcopyup");
  std::erase(options, "notmpcopyup");
  return options;
}

Result<json> make_asked(const Input& input, const RequestedMount& asked) {
  if (has_word(asked.options, {"O"})) {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("-v {}:{}:O: overlays of a directory are not supported",
                                  asked.source, asked.destination));
  }
  switch (asked.kind) {
    case Kind::Bind:
      return mount(asked.destination, "bind", asked.source, bind_options(asked));
    case Kind::Volume: {
      RequestedMount volume = asked;
      for (const char* word : {"nosuid", "nodev"}) {
        const std::string opposite = std::string(word).substr(2);
        if (!has_word(volume.options, {word, opposite})) volume.options.emplace_back(word);
      }
      return mount(asked.destination, "bind",
                   fmt::format("{}/{}/data", input.host.places.volumes, asked.source),
                   bind_options(volume));
    }
    case Kind::Tmpfs:
      return mount(asked.destination, "tmpfs", "tmpfs", tmpfs_options(asked));
    case Kind::Devpts: {
      Words options = without_our_words(asked.options);
      options.emplace_back("newinstance");
      return mount(asked.destination, "devpts", "devpts", options);
    }
    case Kind::Image:
    case Kind::Glob:
      break;
  }
  return make_error(
      ErrorKind::Unsupported,
      fmt::format("mount on {}: mounts of images are not supported", asked.destination));
}

size_t depth_of(const json& each) {
  const std::string& path = each["destination"].get_ref<const std::string&>();
  return path == "/" ? 0 : static_cast<size_t>(std::count(path.begin(), path.end(), '/'));
}

bool is_at(const json& each, std::string_view destination) {
  return each["destination"].get_ref<const std::string&>() == destination;
}

}  // namespace

Result<json> make_mounts(const Input& input, const Namespaces& namespaces) {
  json list = json::array();
  add_kernel_views(input, namespaces, list);
  TRY(add_below_dev(input, namespaces, list));
  add_cgroup(input, namespaces, list);
  add_own_files(input, list);
  const model::Request& request = input.record.request;
  std::vector<RequestedMount> asked = input.record.mounts;
  if ((request.read_only || input.settings.read_only) && request.read_only_tmpfs) {
    for (const char* destination : {"/run", "/tmp", "/var/tmp"}) {
      const bool is_there = std::any_of(asked.begin(), asked.end(), [&](const auto& each) {
        return each.destination == destination;
      });
      if (!is_there)
        asked.push_back({.kind = Kind::Tmpfs, .source = "", .destination = destination});
    }
  }
  for (const RequestedMount& each : asked) {
    json made = TRY(make_asked(input, each));
    // A mount of the user's on /sys/fs/cgroup, /dev/shm or /etc/hosts is instead of ours.
    json kept = json::array();
    for (json& other : list) {
      if (!is_at(other, each.destination)) kept.push_back(std::move(other));
    }
    list = std::move(kept);
    list.push_back(std::move(made));
  }
  // What lies below another mount comes after it.
  std::stable_sort(list.begin(), list.end(),
                   [](const json& a, const json& b) { return depth_of(a) < depth_of(b); });
  return list;
}

}  // namespace ocirt::bundle
