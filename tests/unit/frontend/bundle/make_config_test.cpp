// A record becomes a config.json.
#include "frontend/bundle/make_config.h"

#include <gtest/gtest.h>

namespace ocirt::bundle {
namespace {

using nlohmann::json;
using Kind = model::RequestedMount::Kind;

HostView host_of_root() {
  HostView host;
  host.places = {.directory = "/store/c", .volumes = "/store/volumes", .joined = {}};
  host.capabilities = {"CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SETUID", "CAP_SYS_ADMIN"};
  host.hard_limits = {{"nofile", 4096}, {"nproc", -1}};
  host.unified_cgroups = true;
  host.host_name = "lab";
  host.identity = {.uid = 0, .gid = 0, .groups = {}, .home = "/root"};
  return host;
}

HostView host_of_user() {
  HostView host = host_of_root();
  host.uid = 1000;
  host.gid = 1000;
  host.rootless = true;
  host.ids = {.kind = unpack::StoreIds::Kind::Ranges,
              .uids = {{0, 1000, 1}, {1, 100000, 65536}},
              .gids = {{0, 1000, 1}, {1, 100000, 65536}},
              .why_single = ""};
  return host;
}

model::Record record_of(model::Request request = {}) {
  model::Record record = {.id = std::string(64, 'c'), .request = std::move(request)};
  record.layers = {"/store/top", "/store/low"};
  record.args = {"true"};
  record.environment = {"PATH=/bin"};
  record.workdir = "/";
  record.network = "none";
  record.mounts = record.request.mounts;
  return record;
}

json config_of(const model::Record& record, const HostView& host = host_of_root()) {
  Result<json> config = make_config(record, host, Settings{});
  EXPECT_TRUE(config) << (config ? "" : config.error().text);
  return config ? *config : json();
}

std::string error_of(model::Request request, const HostView& host = host_of_root()) {
  const Result<json> config = make_config(record_of(std::move(request)), host, Settings{});
  return config ? "" : config.error().text;
}

const json* mount_at(const json& config, const std::string& destination) {
  for (const json& mount : config["mounts"]) {
    if (mount["destination"] == destination) return &mount;
  }
  return nullptr;
}

std::map<std::string, std::string> namespaces_of(const json& config) {
  std::map<std::string, std::string> all;
  for (const json& each : config["linux"]["namespaces"]) {
    all[each["type"].get<std::string>()] = each.value("path", "");
  }
  return all;
}

TEST(MakeConfig, TheRootIsAnOverlayOfTheLayers) {
  const json config = config_of(record_of());
  EXPECT_EQ(config["root"], (json{{"path", "/store/c/rootfs"}}));
  EXPECT_EQ(json::parse(config["annotations"][kOverlayAnnotation].get<std::string>()),
            (json{{"lower", {"/store/top", "/store/low"}},
                  {"upper", "/store/c/upper"},
                  {"work", "/store/c/work"},
                  {"volatile", false}}));
  model::Record plain = record_of({.read_only = true});
  plain.rootfs = "/home/tree";
  const json other = config_of(plain);
  EXPECT_EQ(other["root"], (json{{"path", "/home/tree"}, {"readonly", true}}));
  EXPECT_FALSE(other["annotations"].contains(kOverlayAnnotation));
}

TEST(MakeConfig, TheProcessHasAHomeAndAHostName) {
  const json process = config_of(record_of())["process"];
  EXPECT_EQ(process["env"], (json{"PATH=/bin", "HOME=/root", "HOSTNAME=cccccccccccc"}));
  EXPECT_EQ(process["user"], (json{{"uid", 0}, {"gid", 0}, {"umask", 022}}));
  // Without CAP_SYS_RESOURCE the caller's limit is the most there is.
  EXPECT_EQ(process["rlimits"],
            (json{{{"type", "RLIMIT_NOFILE"}, {"soft", 4096}, {"hard", 4096}},
                  {{"type", "RLIMIT_NPROC"}, {"soft", 1048576}, {"hard", 1048576}}}));
}

TEST(MakeConfig, CapabilitiesAreAddedAndDropped) {
  const auto bounding = [](const model::Request& request) {
    return config_of(record_of(request))["process"]["capabilities"]["bounding"];
  };
  EXPECT_EQ(bounding({}), (json{"CAP_CHOWN", "CAP_SETUID"}));
  EXPECT_EQ(bounding({.cap_add = {"net_admin"}, .cap_drop = {"CHOWN"}}),
            (json{"CAP_NET_ADMIN", "CAP_SETUID"}));
  EXPECT_EQ(bounding({.cap_add = {"NET_ADMIN"}, .cap_drop = {"all"}}), (json{"CAP_NET_ADMIN"}));
  EXPECT_EQ(bounding({.cap_add = {"ALL"}, .cap_drop = {"SETUID"}}),
            (json{"CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"}));
  EXPECT_EQ(error_of({.cap_add = {"CHOWN"}, .cap_drop = {"CHOWN"}}),
            "capability CAP_CHOWN is both added and dropped");
  EXPECT_NE(error_of({.cap_add = {"SYS_BOOT"}}), "");
}

TEST(MakeConfig, WhoIsntRootHasOnlyWhatWasAskedFor) {
  HostView host = host_of_root();
  host.identity = {.uid = 5, .gid = 5, .groups = {}, .home = "/"};
  const json capabilities =
      config_of(record_of({.cap_add = {"NET_ADMIN"}}), host)["process"]["capabilities"];
  EXPECT_EQ(capabilities["bounding"], (json{"CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SETUID"}));
  for (const char* set : {"effective", "permitted", "inheritable", "ambient"}) {
    EXPECT_EQ(capabilities[set], (json{"CAP_NET_ADMIN"})) << set;
  }
}

TEST(MakeConfig, NamespacesAreItsOwnUnlessAsked) {
  EXPECT_EQ(
      namespaces_of(config_of(record_of())),
      (std::map<std::string, std::string>{
          {"mount", ""}, {"pid", ""}, {"ipc", ""}, {"uts", ""}, {"network", ""}, {"cgroup", ""}}));
  HostView host = host_of_root();
  host.places.joined["other"] = 42;
  model::Record record = record_of(
      {.namespaces = {
           .ipc = "host", .pid = "container:other", .uts = "host", .cgroup = "ns:/run/ns"}});
  record.network = "host";
  EXPECT_EQ(namespaces_of(config_of(record, host)),
            (std::map<std::string, std::string>{
                {"mount", ""}, {"pid", "/proc/42/ns/pid"}, {"cgroup", "/run/ns"}}));
  EXPECT_EQ(error_of({.namespaces = {.pid = "container:gone"}}),
            "--pid container:gone: that container isn't running");
  EXPECT_EQ(error_of({.namespaces = {.uts = "mine"}}), "--uts mine: there is no such kind");
}

TEST(MakeConfig, APlainUserIsRootInside) {
  const json linux_part = config_of(record_of(), host_of_user())["linux"];
  EXPECT_EQ(linux_part["uidMappings"],
            (json{{{"containerID", 0}, {"hostID", 1000}, {"size", 1}},
                  {{"containerID", 1}, {"hostID", 100000}, {"size", 65536}}}));
  EXPECT_FALSE(linux_part["resources"].contains("pids"));
}

TEST(MakeConfig, KeepIdFillsUpAroundTheUser) {
  const json linux_part =
      config_of(record_of({.namespaces = {.user = "keep-id"}}), host_of_user())["linux"];
  EXPECT_EQ(linux_part["uidMappings"],
            (json{{{"containerID", 0}, {"hostID", 100000}, {"size", 1000}},
                  {{"containerID", 1000}, {"hostID", 1000}, {"size", 1}},
                  {{"containerID", 1001}, {"hostID", 101000}, {"size", 64536}}}));
  const json chosen = config_of(record_of({.namespaces = {.user = "keep-id:uid=7,gid=8"}}),
                                host_of_user())["linux"];
  EXPECT_EQ(chosen["uidMappings"][1], (json{{"containerID", 7}, {"hostID", 1000}, {"size", 1}}));
  EXPECT_EQ(chosen["gidMappings"][1], (json{{"containerID", 8}, {"hostID", 1000}, {"size", 1}}));
  HostView single = host_of_user();
  single.ids.uids = single.ids.gids = {{0, 1000, 1}};
  EXPECT_EQ(
      config_of(record_of({.namespaces = {.user = "keep-id"}}), single)["linux"]["uidMappings"],
      (json{{{"containerID", 1000}, {"hostID", 1000}, {"size", 1}}}));
  EXPECT_NE(error_of({.namespaces = {.user = "keep-id"}}), "");
}

TEST(MakeConfig, MapsOfAPlainUserCountInItsOwnIds) {
  const json linux_part =
      config_of(record_of({.uid_maps = {"0:1:10", "10:0:1"}}), host_of_user())["linux"];
  EXPECT_EQ(linux_part["uidMappings"],
            (json{{{"containerID", 0}, {"hostID", 100000}, {"size", 10}},
                  {{"containerID", 10}, {"hostID", 1000}, {"size", 1}}}));
  EXPECT_EQ(linux_part["gidMappings"], linux_part["uidMappings"]);
  EXPECT_EQ(error_of({.uid_maps = {"0:70000:1"}}, host_of_user()),
            "--uidmap: you have no id 70000");
  EXPECT_NE(error_of({.uid_maps = {"0:1"}}), "");
  EXPECT_NE(error_of({.uid_maps = {"a:1:1"}}, host_of_user()), "");
}

TEST(MakeConfig, AMountOfTheUsersReplacesOurs) {
  const json config = config_of(
      record_of({.mounts = {{.kind = Kind::Bind, .source = "/h", .destination = "/etc/hosts"},
                            {.kind = Kind::Tmpfs, .destination = "/dev/shm", .options = {"exec"}},
                            {.kind = Kind::Volume,
                             .source = "v",
                             .destination = "/v",
                             .options = {"U", "z", "ro"}}}}));
  EXPECT_EQ((*mount_at(config, "/etc/hosts"))["source"], "/h");
  EXPECT_EQ((*mount_at(config, "/dev/shm"))["options"],
            (json{"exec", "rw", "rprivate", "nosuid", "nodev", "tmpcopyup"}));
  EXPECT_EQ((*mount_at(config, "/v"))["source"], "/store/volumes/v/data");
  EXPECT_EQ((*mount_at(config, "/v"))["options"],
            (json{"ro", "nosuid", "nodev", "rprivate", "rbind"}));
}

TEST(MakeConfig, WhatLiesBelowComesLater) {
  const json config =
      config_of(record_of({.mounts = {{.kind = Kind::Bind, .source = "/1", .destination = "/a/b/c"},
                                      {.kind = Kind::Bind, .source = "/2", .destination = "/a"}}}));
  std::vector<std::string> order;
  for (const json& mount : config["mounts"]) order.push_back(mount["destination"]);
  const auto place = [&](const char* path) { return std::find(order.begin(), order.end(), path); };
  EXPECT_LT(place("/a"), place("/a/b/c"));
  EXPECT_LT(place("/dev"), place("/dev/pts"));
  EXPECT_LT(place("/sys"), place("/sys/fs/cgroup"));
}

TEST(MakeConfig, AReadOnlyRootKeepsPlacesToWriteTo) {
  const json config = config_of(record_of({.read_only = true}));
  for (const char* path : {"/run", "/tmp", "/var/tmp"}) EXPECT_NE(mount_at(config, path), nullptr);
  const json without = config_of(record_of({.read_only = true, .read_only_tmpfs = false}));
  EXPECT_EQ(mount_at(without, "/tmp"), nullptr);
}

TEST(MakeConfig, TheHostsViewsAreBoundInAUserNamespace) {
  model::Record record = record_of({.namespaces = {.pid = "host"}});
  record.network = "host";
  const json config = config_of(record, host_of_user());
  EXPECT_EQ((*mount_at(config, "/proc"))["type"], "bind");
  EXPECT_EQ((*mount_at(config, "/sys"))["type"], "bind");
  EXPECT_EQ((*mount_at(config_of(record), "/sys"))["type"], "sysfs");
}

TEST(MakeConfig, ResourcesAreAsAsked) {
  const model::RequestedResources asked = {
      .memory = 64 << 20, .cpus = 1.5, .cpuset_cpus = "0-1", .pids = -1};
  const json resources = config_of(record_of({.resources = asked}))["linux"]["resources"];
  EXPECT_EQ(resources["memory"], (json{{"limit", 64 << 20}, {"swap", 128 << 20}}));
  EXPECT_EQ(resources["cpu"], (json{{"period", 100000}, {"quota", 150000}, {"cpus", "0-1"}}));
  EXPECT_EQ(resources["pids"], (json{{"limit", -1}}));
  EXPECT_EQ(config_of(record_of())["linux"]["resources"]["pids"], (json{{"limit", 2048}}));
  HostView without = host_of_root();
  without.can_limit_pids = false;  // nobody asked for the default, so nobody misses it
  EXPECT_FALSE(config_of(record_of(), without)["linux"]["resources"].contains("pids"));
  EXPECT_NE(error_of({.resources = {.cpus = 1, .cpu_quota = 5}}), "");
}

TEST(MakeConfig, DevicesHaveRules) {
  HostView host = host_of_root();
  host.devices["/dev/fuse"] = {
      {.path = "/dev/fuse", .type = 'c', .major = 10, .minor = 229, .mode = 020666}};
  const json linux_part = config_of(
      record_of({.devices = {{.host = "/dev/fuse", .container = "/dev/f", .permissions = "rw"},
                             {.host = "vendor.com/gpu=0"}},
                 .resources = {.device_cgroup_rules = {"b 8:* r"}}}),
      host)["linux"];
  EXPECT_EQ(linux_part["devices"], (json{{{"path", "/dev/f"},
                                          {"type", "c"},
                                          {"major", 10},
                                          {"minor", 229},
                                          {"fileMode", 0666},
                                          {"uid", 0},
                                          {"gid", 0}}}));
  EXPECT_EQ(linux_part["resources"]["devices"],
            (json{{{"allow", false}, {"access", "rwm"}},
                  {{"allow", true}, {"type", "c"}, {"major", 10}, {"minor", 229}, {"access", "rw"}},
                  {{"allow", true}, {"type", "b"}, {"major", 8}, {"access", "r"}}}));
  EXPECT_EQ(error_of({.devices = {{.host = "/dev/none", .container = "/dev/none"}}}),
            "--device /dev/none: there is no such device");
}

TEST(MakeConfig, GpusAreAskedForByAnnotation) {
  const json config = config_of(record_of(
      {.devices = {{.host = "nvidia.com/gpu=0"}, {.host = "a.com/b=c"}}, .gpus = "device=0"}));
  EXPECT_EQ(config["annotations"]["io.ocirt.gpus"], "device=0");
  EXPECT_EQ(config["annotations"]["io.ocirt.devices"], "nvidia.com/gpu=0,a.com/b=c");
}

TEST(MakeConfig, APrivilegedContainerIsntConfined) {
  HostView host = host_of_root();
  host.all_devices = {{.path = "/dev/kvm", .type = 'c', .major = 10, .minor = 232, .mode = 020660}};
  const json config = config_of(record_of({.privileged = true}), host);
  EXPECT_EQ(config["process"]["capabilities"]["bounding"].size(), host.capabilities.size());
  EXPECT_FALSE(config["linux"].contains("maskedPaths"));
  EXPECT_FALSE(config["linux"].contains("seccomp"));
  EXPECT_EQ(config["linux"]["devices"][0]["path"], "/dev/kvm");
  EXPECT_EQ(config["linux"]["resources"]["devices"], (json{{{"allow", true}, {"access", "rwm"}}}));
}

TEST(MakeConfig, PathsMayBeUnmasked) {
  const auto masked = [](const char* option) {
    return config_of(record_of({.security_opts = {option}}))["linux"];
  };
  EXPECT_FALSE(masked("unmask=ALL").contains("maskedPaths"));
  const json one = masked("unmask=/proc/acpi:/proc/keys")["maskedPaths"];
  EXPECT_EQ(std::count(one.begin(), one.end(), "/proc/acpi"), 0);
  EXPECT_EQ(std::count(one.begin(), one.end(), "/proc/kcore"), 1);
  const json more = masked("mask=/proc/cpuinfo")["maskedPaths"];
  EXPECT_EQ(std::count(more.begin(), more.end(), "/proc/cpuinfo"), 1);
}

TEST(MakeConfig, AnAskedMaskStaysWhateverElseIsUnmasked) {
  const json asked = {"/proc/cpuinfo", "/proc/stat"};
  for (const char* other : {"unmask=ALL", "systempaths=unconfined"}) {
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{"mask=/proc/cpuinfo:/proc/stat", other},
          std::vector<std::string>{other, "mask=/proc/cpuinfo:/proc/stat"}}) {
      const json made = config_of(record_of({.security_opts = options}))["linux"];
      EXPECT_EQ(made.value("maskedPaths", json()), asked) << other;
      EXPECT_FALSE(made.contains("readonlyPaths")) << other;
    }
  }
  const json privileged = config_of(
      record_of({.privileged = true, .security_opts = {"mask=/proc/cpuinfo:/proc/stat"}}))["linux"];
  EXPECT_EQ(privileged.value("maskedPaths", json()), asked);
  EXPECT_FALSE(privileged.contains("readonlyPaths"));
}

TEST(MakeConfig, SeccompRulesDependOnCapabilities) {
  HostView host = host_of_root();
  host.seccomp = json::parse(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
    "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
                {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]}],
    "syscalls": [
      {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [], "includes": {}, "excludes": {}},
      {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
      {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "excludes": {"caps": ["CAP_SYS_ADMIN"]}},
      {"names": ["other"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["nonesuch"]}}]})");
  const json plain = config_of(record_of(), host)["linux"]["seccomp"];
  EXPECT_EQ(plain["defaultErrnoRet"], 38);
  EXPECT_EQ(plain["architectures"].size(), 2U);
  EXPECT_EQ(plain["syscalls"],
            (json{{{"names", {"read"}}, {"action", "SCMP_ACT_ALLOW"}},
                  {{"names", {"mount"}}, {"action", "SCMP_ACT_ERRNO"}, {"errnoRet", 1}}}));
  const json more = config_of(record_of({.cap_add = {"SYS_ADMIN"}}), host)["linux"]["seccomp"];
  EXPECT_EQ(more["syscalls"][1], (json{{"names", {"mount"}}, {"action", "SCMP_ACT_ALLOW"}}));
  EXPECT_FALSE(config_of(record_of({.privileged = true}), host)["linux"].contains("seccomp"));
}

TEST(MakeConfig, WhatIsntSupportedIsSaid) {
  EXPECT_NE(error_of({.namespaces = {.user = "auto"}}), "");
  EXPECT_NE(error_of({.mounts = {{.kind = Kind::Image, .source = "i", .destination = "/i"}}}), "");
  EXPECT_NE(error_of({.umask = "9"}), "");
  EXPECT_NE(error_of({.shm_size = "much"}), "");
  EXPECT_NE(error_of({.init = true, .namespaces = {.pid = "host"}}), "");
}

}  // namespace
}  // namespace ocirt::bundle
