// Looks at the host and at the container's files, before a config is decided.
#include "frontend/bundle/host_view.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "frontend/bundle/capability_names.h"
#include "frontend/bundle/host_devices.h"
#include "frontend/bundle/identity.h"
#include "frontend/bundle/layered_tree.h"
#include "frontend/bundle/parse_words.h"
#include "frontend/bundle/parts.h"
#include "frontend/bundle/text.h"
#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::bundle {

namespace {

using model::Record;

constexpr size_t kMostText = 8 << 20;

// A set of /proc/self/status: "CapBnd:\t000001ffffffffff".
uint64_t own_set(std::string_view status, std::string_view name) {
  const size_t at = status.find(name);
  if (at == std::string_view::npos) return 0;
  status.remove_prefix(status.find_first_not_of(" \t", at + name.size()));
  uint64_t bits = 0;
  (void)std::from_chars(status.data(), status.data() + status.size(), bits, 16);
  return bits;
}

constexpr int kCapSysResource = 24;

// A plain user has all of them in its own user namespace.
void look_at_capabilities(HostView& host) {
  const Result<std::string> status = sys::read_file(AT_FDCWD, "/proc/self/status", kMostText);
  const uint64_t bounding = status ? own_set(*status, "CapBnd:") : 0;
  const uint64_t effective = status ? own_set(*status, "CapEff:") : 0;
  host.may_raise_limits = (effective >> kCapSysResource & 1) != 0 && !host.rootless;
  const Result<std::string> text =
      sys::read_file(AT_FDCWD, "/proc/sys/kernel/cap_last_cap", kMostText);
  const int64_t last = text ? parse_number(split_pair(*text, '\n').first).value_or(0) : 0;
  for (size_t i = 0; i < std::size(kCapabilityNames) && static_cast<int64_t>(i) <= last; ++i) {
    const bool is_there = host.rootless || (bounding >> i & 1) != 0;
    if (is_there) host.capabilities.emplace_back(kCapabilityNames[i]);
  }
}

void look_at_limits(HostView& host) {
  constexpr std::pair<const char*, __rlimit_resource> kLimits[] = {{"nofile", RLIMIT_NOFILE},
                                                                   {"nproc", RLIMIT_NPROC}};
  for (const auto& [name, number] : kLimits) {
    rlimit limit = {};
    if (::getrlimit(number, &limit) != 0) continue;
    host.hard_limits[name] =
        limit.rlim_max == RLIM_INFINITY ? -1 : static_cast<int64_t>(limit.rlim_max);
  }
}

Result<nlohmann::json> read_profile(const std::string& path) {
  const std::string text = TRY(sys::read_file(AT_FDCWD, path.c_str(), kMostText));
  nlohmann::json profile = nlohmann::json::parse(text, nullptr, false);
  if (profile.is_object()) return profile;
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("{}: not a seccomp profile: not a JSON object", path));
}

// Of --security-opt, containers.conf, or containers-common.
Result<> look_at_seccomp(const Record& record, const Settings& settings, HostView& host) {
  std::string asked = settings.seccomp_profile;
  for (const std::string& text : record.request.security_opts) {
    const auto [key, value] = split_pair(text, text.find('=') == std::string::npos ? ':' : '=');
    if (key == "seccomp") asked = value;
  }
  if (asked == "unconfined") return {};
  if (asked.empty() && record.request.privileged) return {};
  if (!asked.empty() && asked != "default") {
    host.seccomp = TRY(read_profile(asked));
    return {};
  }
  for (const char* path : {"/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json"}) {
    if (!sys::exists(path)) continue;
    host.seccomp = TRY(read_profile(path));
    return {};
  }
  return make_error(ErrorKind::NotFound,
                    "there is no seccomp profile: neither /etc/containers/seccomp.json nor "
                    "/usr/share/containers/seccomp.json")
      .with_hint(
          "it comes with Debian's golang-github-containers-common, or choose "
          "--security-opt seccomp=FILE or seccomp=unconfined");
}

Result<> look_for_init(const Record& record, const Settings& settings, HostView& host) {
  if (!record.request.init && !settings.init) return {};
  const std::string asked =
      record.request.init_path.empty() ? settings.init_path : record.request.init_path;
  if (!asked.empty()) {
    if (!sys::can_execute(asked.c_str())) {
      return make_error(ErrorKind::NotFound, fmt::format("--init: {} is no program", asked));
    }
    host.init_program = asked;
    return {};
  }
  std::vector<std::string> directories = settings.helper_directories;
  for (const char* each : {"/usr/libexec/podman", "/usr/lib/podman", "/usr/libexec/docker",
                           "/usr/local/bin", "/usr/bin", "/usr/sbin"}) {
    directories.emplace_back(each);
  }
  for (const char* name : {"catatonit", "tini-static", "docker-init", "tini"}) {
    for (const std::string& directory : directories) {
      std::string path = directory + '/' + name;
      if (!sys::can_execute(path.c_str())) continue;
      host.init_program = std::move(path);
      return {};
    }
  }
  return make_error(ErrorKind::NotFound, "--init: there is neither catatonit nor tini here")
      .with_hint("install the package catatonit or tini, or name a program with --init-path");
}

Result<> look_at_timezone(const Record& record, const Settings& settings, HostView& host) {
  const std::string& asked =
      record.request.timezone.empty() ? settings.timezone : record.request.timezone;
  if (asked.empty()) return {};
  const std::string path = asked == "local" ? "/etc/localtime" : "/usr/share/zoneinfo/" + asked;
  host.timezone = sys::resolved_path(path.c_str());
  if (!host.timezone.empty() && asked.find("..") == std::string::npos) return {};
  return make_error(ErrorKind::NotFound, fmt::format("--tz {}: there is no such time zone", asked));
}

Result<> look_at_identity(const Record& record, const Settings& settings, HostView& host) {
  constexpr size_t kMostUsers = 16 << 20;
  std::vector<std::string> layers = record.layers;
  if (record.rootfs.empty()) {
    layers.insert(layers.begin(), host.places.directory + "/upper");
  } else {
    layers = {record.rootfs};
  }
  const LayeredTree tree(std::move(layers));
  // An image may do without either file: ids then are as they were asked for.
  const std::string passwd = tree.read_file("/etc/passwd", kMostUsers).value_or("");
  const std::string group = tree.read_file("/etc/group", kMostUsers).value_or("");
  std::string user = record.user;
  const std::string& asked = record.request.namespaces.user.empty()
                                 ? settings.user_namespace
                                 : record.request.namespaces.user;
  if (record.request.user.empty() && asked.starts_with("keep-id")) {
    const KeptIds kept = TRY(decide_kept_ids(asked, host.uid, host.gid));
    user = fmt::format("{}:{}", kept.uid, kept.gid);
  }
  host.identity = TRY(find_identity(user, record.request.groups, passwd, group));
  return {};
}

Result<> look_at_devices(const Record& record, const Settings& settings, HostView& host) {
  host.devices = TRY(find_limited_devices(record.request.resources));
  std::vector<std::string> paths;
  for (const model::RequestedDevice& device : record.request.devices) paths.push_back(device.host);
  for (const std::string& text : settings.devices) {
    paths.push_back(TRY(parse_device(text)).host);
  }
  for (const std::string& path : paths) {
    if (!is_cdi_name(path)) host.devices[path] = TRY(find_nodes(path));
  }
  if (record.request.privileged || settings.privileged) host.all_devices = all_nodes();
  return {};
}

// As podman says it, when the container is made and not only when it starts.
Result<> check_sources(const Record& record) {
  for (const model::RequestedMount& mount : record.mounts) {
    const bool is_bind = mount.kind == model::RequestedMount::Kind::Bind;
    if (!is_bind || sys::exists(mount.source.c_str())) continue;
    return system_error(ENOENT, fmt::format("statfs {}", mount.source))
        .with_hint("a directory that isn't there is not made: mkdir it first");
  }
  return {};
}

void look_at_cgroups(HostView& host) {
  host.unified_cgroups = sys::cgroup_version("/sys/fs/cgroup") == sys::CgroupVersion::V2;
  if (!host.unified_cgroups) {
    host.can_limit_pids = ::access("/sys/fs/cgroup/pids", F_OK) == 0;
    return;
  }
  const std::string controllers =
      sys::read_file(AT_FDCWD, "/sys/fs/cgroup/cgroup.controllers", kMostText)
          .value_or(std::string());
  host.can_limit_pids = (' ' + controllers).find(" pids") != std::string::npos;
}

}  // namespace

Result<HostView> look_at_host(const Record& record, const Settings& settings,
                              const Places& places) {
  HostView host;
  host.places = places;
  host.uid = ::geteuid();
  host.gid = ::getegid();
  host.rootless = host.uid != 0;
  host.ids = TRY(unpack::find_store_ids());
  look_at_cgroups(host);
  utsname names = {};
  if (::uname(&names) == 0) host.host_name = names.nodename;
  look_at_capabilities(host);
  look_at_limits(host);
  TRY(check_sources(record));
  TRY(look_at_identity(record, settings, host));
  TRY(look_at_devices(record, settings, host));
  TRY(look_at_seccomp(record, settings, host));
  TRY(look_for_init(record, settings, host));
  TRY(look_at_timezone(record, settings, host));
  return host;
}

}  // namespace ocirt::bundle
