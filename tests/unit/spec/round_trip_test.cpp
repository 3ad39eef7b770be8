// Every member of every struct, written and read back.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "spec/parse.h"
#include "spec/print.h"
#include "spec/schema.h"
#include "spec/validate.h"

namespace ocirt::spec {
namespace {

using Json = nlohmann::json;

// Configs in which every member of every struct says something.

Process full_process() {
  return {
      .terminal = true,
      .console_size = Box{.height = 25, .width = 80},
      .cwd = "/tmp",
      .env = {"A=b", "UMLAUT=\xC3\xA4"},
      .args = {"sh", "-c", "echo \"\\\n\t\x01"},
      .rlimits = {{.type = "RLIMIT_CORE", .hard = UINT64_MAX, .soft = 1}},
      .apparmor_profile = "profile",
      .capabilities = Capabilities{.bounding = {"CAP_CHOWN"},
                                   .effective = {"CAP_KILL"},
                                   .inheritable = {"CAP_FOWNER"},
                                   .permitted = {"CAP_KILL", "CAP_CHOWN"},
                                   .ambient = {"CAP_MKNOD"}},
      .no_new_privileges = true,
      .oom_score_adj = -5,
      .scheduler = Scheduler{.policy = "SCHED_DEADLINE",
                             .nice = -20,
                             .priority = 0,
                             .flags = {"SCHED_FLAG_RECLAIM"},
                             .runtime = 1,
                             .deadline = 2,
                             .period = 3},
      .selinux_label = "label",
      .io_priority = IoPriority{.class_name = "IOPRIO_CLASS_BE", .priority = 4},
      .exec_cpu_affinity = ExecCpuAffinity{.initial = "7", .final_ = "0-3,7"},
      .user = {.uid = 1, .gid = 2, .umask = 18, .additional_gids = {3, 4}},
  };
}

Hooks full_hooks() {
  const auto hook = [](const char* path) {
    return std::vector<Hook>{{.path = path, .args = {"x"}, .env = {"A=b"}, .timeout = 5}};
  };
  return {.prestart = hook("/1"),
          .create_runtime = hook("/2"),
          .create_container = hook("/3"),
          .start_container = hook("/4"),
          .poststart = hook("/5"),
          .poststop = hook("/6")};
}

Resources full_resources() {
  return {
      .devices = {{.allow = true, .type = "c", .major = 10, .minor = 229, .access = "rw"}},
      .memory = Memory{.limit = 1,
                       .reservation = 2,
                       .swap = -1,
                       .kernel = 4,
                       .kernel_tcp = 5,
                       .swappiness = 6,
                       .disable_oom_killer = false,
                       .use_hierarchy = true,
                       .check_before_update = false},
      .cpu = Cpu{.shares = 1,
                 .quota = 100000,
                 .burst = 3,
                 .period = 100000,
                 .realtime_runtime = 5,
                 .realtime_period = 6,
                 .cpus = "0-1",
                 .mems = "0",
                 .idle = 1},
      .pids = Pids{.limit = 7},
      .block_io =
          BlockIo{.weight = 10,
                  .leaf_weight = 11,
                  .weight_device = {{.major = 8, .minor = 0, .weight = 12, .leaf_weight = 13}},
                  .throttle_read_bps_device = {{.major = 8, .minor = 1, .rate = 14}},
                  .throttle_write_bps_device = {{.major = 8, .minor = 2, .rate = 15}},
                  .throttle_read_iops_device = {{.major = 8, .minor = 3, .rate = 16}},
                  .throttle_write_iops_device = {{.major = 8, .minor = 4, .rate = 17}}},
      .hugepage_limits = {{.page_size = "2MB", .limit = 18}},
      .network = NetworkClass{.class_id = 19, .priorities = {{.name = "eth0", .priority = 20}}},
      .rdma = {{"mlx5_0", {.hca_handles = 21, .hca_objects = 22}}},
      .unified = {{"memory.high", "23"}},
  };
}

Seccomp full_seccomp() {
  return {.default_action = "SCMP_ACT_ERRNO",
          .default_errno_ret = 38,
          .architectures = {"SCMP_ARCH_X86_64"},
          .flags = {"SECCOMP_FILTER_FLAG_LOG"},
          .listener_path = "/run/listener",
          .listener_metadata = "metadata",
          .syscalls = {{.names = {"clone", "clone3"},
                        .action = "SCMP_ACT_TRACE",
                        .errno_ret = 1,
                        .args = {{.index = 0, .value = 2, .value_two = 3, .op = "SCMP_CMP_NE"}}}}};
}

Linux full_linux() {
  return {
      .namespaces = {{.type = "mount", .path = "/proc/1/ns/mnt"},
                     {.type = "uts"},
                     {.type = "user"},
                     {.type = "time"},
                     {.type = "network"}},
      .uid_mappings = {{.container_id = 0, .host_id = 1000, .size = 10}},
      .gid_mappings = {{.container_id = 1, .host_id = 2000, .size = 20}},
      .time_offsets = {{"boottime", {.secs = -1, .nanosecs = 2}}},
      .devices = {{.type = "c",
                   .path = "/dev/fuse",
                   .major = 10,
                   .minor = 229,
                   .file_mode = 438,
                   .uid = 1,
                   .gid = 2}},
      .net_devices = {{"eth0", {.name = "eth1"}}},
      .cgroups_path = "/a/b",
      .rootfs_propagation = "slave",
      .resources = full_resources(),
      .intel_rdt = IntelRdt{.clos_id = "id",
                            .schemata = {"L3:0=1"},
                            .l3_cache_schema = "L3:0=f",
                            .mem_bw_schema = "MB:0=20",
                            .enable_monitoring = true},
      .memory_policy =
          MemoryPolicy{.mode = "MPOL_BIND", .nodes = "0", .flags = {"MPOL_F_STATIC_NODES"}},
      .sysctl = {{"net.ipv4.ip_forward", "1"}},
      .seccomp = full_seccomp(),
      .masked_paths = {"/proc/kcore"},
      .readonly_paths = {"/proc/sys"},
      .mount_label = "label",
      .personality = Personality{.domain = "LINUX", .flags = {"X"}},
  };
}

Config full_config() {
  return {
      .oci_version = "1.3.0",
      .root = Root{.path = "rootfs", .readonly = true},
      .mounts = {{.destination = "/data",
                  .source = "/src",
                  .options = {"rbind", "idmap"},
                  .type = "bind",
                  .uid_mappings = {{.container_id = 0, .host_id = 1, .size = 1}},
                  .gid_mappings = {{.container_id = 0, .host_id = 2, .size = 1}}}},
      .process = full_process(),
      .hostname = "host",
      .domainname = "domain",
      .hooks = full_hooks(),
      .linux_ = full_linux(),
      .annotations = {{"com.example.a/b~c", "value"}},
  };
}

// Complains about each member that `json`, made from a value of `type`, doesn't have.
void expect_all_members(const Type& type, const Json& json, const std::string& pointer) {
  if (type.shape == Shape::Array) expect_all_members(*type.element, json.at(0), pointer + "/0");
  if (type.shape == Shape::Map) {
    expect_all_members(*type.element, *json.begin(), pointer + "/" + json.begin().key());
  }
  for (const Member& member : type.members) {
    const std::string key(member.key);
    ASSERT_TRUE(json.contains(key)) << pointer << "/" << key;
    expect_all_members(*member.type, json.at(key), pointer + "/" + key);
  }
}

TEST(RoundTrip, TheFullConfigHasEveryMember) {
  expect_all_members(config_type(), Json::parse(print_config(full_config())), "");
}

TEST(RoundTrip, EveryMemberIsReadBack) {
  Result<Config> back = parse_config(print_config(full_config()));
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(*back, full_config());
}

TEST(RoundTrip, TheFullConfigIsValid) {
  Config config = full_config();
  config.linux_->personality->flags.clear();  // none is defined
  EXPECT_EQ(find_problems(config), std::vector<Finding>{});
}

TEST(RoundTrip, OptionalStructsThatAreEmptyStay) {
  const Config config = {.oci_version = "1.3.0",
                         .root = Root{.path = "/"},
                         .process = Process{.cwd = "/", .capabilities = Capabilities{}},
                         .hooks = Hooks{},
                         .linux_ = Linux{.resources = Resources{.memory = Memory{}}}};
  Result<Config> back = parse_config(print_config(config));
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(*back, config);
}

}  // namespace
}  // namespace ocirt::spec
