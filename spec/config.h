// The OCI runtime configuration (config.json), version 1.3: what was asked. Pure data.
//
// One struct per object of the runtime spec, with the spec's names in snake_case and its order.
// A field that the spec makes optional is std::optional, or an empty container where absent and
// empty mean the same. No behaviour: reading is in parse.h, checking in validate.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ocirt::spec {

// --- config.md#process -------------------------------------------------------------------------

struct Box {  // consoleSize, in characters
  uint32_t height = 0;
  uint32_t width = 0;
  friend bool operator==(const Box&, const Box&) = default;
};

struct User {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::optional<uint32_t> umask;
  std::vector<uint32_t> additional_gids;
  friend bool operator==(const User&, const User&) = default;
};

struct Rlimit {
  std::string type;  // "RLIMIT_NOFILE"
  uint64_t hard = 0;
  uint64_t soft = 0;
  friend bool operator==(const Rlimit&, const Rlimit&) = default;
};

struct Capabilities {  // names such as "CAP_CHOWN"
  std::vector<std::string> bounding;
  std::vector<std::string> effective;
  std::vector<std::string> inheritable;
  std::vector<std::string> permitted;
  std::vector<std::string> ambient;
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

struct Scheduler {
  std::string policy;  // "SCHED_OTHER"
  std::optional<int32_t> nice;
  std::optional<int32_t> priority;
  std::vector<std::string> flags;    // "SCHED_FLAG_RESET_ON_FORK"
  std::optional<uint64_t> runtime;   // nanoseconds
  std::optional<uint64_t> deadline;  // nanoseconds
  std::optional<uint64_t> period;    // nanoseconds
  friend bool operator==(const Scheduler&, const Scheduler&) = default;
};

struct IoPriority {
  std::string class_name;  // key "class": "IOPRIO_CLASS_BE"
  int32_t priority = 0;
  friend bool operator==(const IoPriority&, const IoPriority&) = default;
};

struct ExecCpuAffinity {  // cpu lists: "0-3,7"
  std::optional<std::string> initial;
  std::optional<std::string> final_;
  friend bool operator==(const ExecCpuAffinity&, const ExecCpuAffinity&) = default;
};

struct Process {
  bool terminal = false;
  std::optional<Box> console_size;
  std::string cwd;
  std::vector<std::string> env;  // "NAME=value"
  std::vector<std::string> args;
  std::vector<Rlimit> rlimits;
  std::optional<std::string> apparmor_profile;
  std::optional<Capabilities> capabilities;
  bool no_new_privileges = false;
  std::optional<int32_t> oom_score_adj;
  std::optional<Scheduler> scheduler;
  std::optional<std::string> selinux_label;
  std::optional<IoPriority> io_priority;
  std::optional<ExecCpuAffinity> exec_cpu_affinity;
  User user;
  friend bool operator==(const Process&, const Process&) = default;
};

// --- config.md#root, #mounts, #posix-platform-hooks --------------------------------------------

struct Root {
  std::string path;
  bool readonly = false;
  friend bool operator==(const Root&, const Root&) = default;
};

struct IdMapping {
  uint32_t container_id = 0;
  uint32_t host_id = 0;
  uint32_t size = 0;
  friend bool operator==(const IdMapping&, const IdMapping&) = default;
};

struct Mount {
  std::string destination;
  std::optional<std::string> source;
  std::vector<std::string> options;
  std::optional<std::string> type;
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
  friend bool operator==(const Mount&, const Mount&) = default;
};

struct Hook {
  std::string path;
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::optional<int32_t> timeout;  // seconds
  friend bool operator==(const Hook&, const Hook&) = default;
};

struct Hooks {
  std::vector<Hook> prestart;
  std::vector<Hook> create_runtime;
  std::vector<Hook> create_container;
  std::vector<Hook> start_container;
  std::vector<Hook> poststart;
  std::vector<Hook> poststop;
  friend bool operator==(const Hooks&, const Hooks&) = default;
};

// --- config-linux.md ---------------------------------------------------------------------------

struct Namespace {
  std::string type;  // "pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"
  std::optional<std::string> path;
  friend bool operator==(const Namespace&, const Namespace&) = default;
};

struct TimeOffset {
  int64_t secs = 0;
  uint32_t nanosecs = 0;
  friend bool operator==(const TimeOffset&, const TimeOffset&) = default;
};

struct Device {
  std::string type;  // "c", "b", "u" or "p"
  std::string path;
  std::optional<int64_t> major;
  std::optional<int64_t> minor;
  std::optional<uint32_t> file_mode;
  std::optional<uint32_t> uid;
  std::optional<uint32_t> gid;
  friend bool operator==(const Device&, const Device&) = default;
};

struct NetDevice {
  std::optional<std::string> name;
  friend bool operator==(const NetDevice&, const NetDevice&) = default;
};

struct DeviceRule {  // resources.devices
  bool allow = false;
  std::optional<std::string> type;  // "a", "c", "b"
  std::optional<int64_t> major;
  std::optional<int64_t> minor;
  std::optional<std::string> access;  // "rwm"
  friend bool operator==(const DeviceRule&, const DeviceRule&) = default;
};

struct Memory {  // bytes; -1 is unlimited
  std::optional<int64_t> limit;
  std::optional<int64_t> reservation;
  std::optional<int64_t> swap;  // memory and swap together
  std::optional<int64_t> kernel;
  std::optional<int64_t> kernel_tcp;
  std::optional<uint64_t> swappiness;
  std::optional<bool> disable_oom_killer;
  std::optional<bool> use_hierarchy;
  std::optional<bool> check_before_update;
  friend bool operator==(const Memory&, const Memory&) = default;
};

struct Cpu {
  std::optional<uint64_t> shares;
  std::optional<int64_t> quota;             // microseconds per period
  std::optional<uint64_t> burst;            // microseconds
  std::optional<uint64_t> period;           // microseconds
  std::optional<int64_t> realtime_runtime;  // microseconds
  std::optional<uint64_t> realtime_period;  // microseconds
  std::optional<std::string> cpus;
  std::optional<std::string> mems;
  std::optional<int64_t> idle;
  friend bool operator==(const Cpu&, const Cpu&) = default;
};

struct Pids {
  std::optional<int64_t> limit;
  friend bool operator==(const Pids&, const Pids&) = default;
};

struct WeightDevice {
  int64_t major = 0;
  int64_t minor = 0;
  std::optional<uint16_t> weight;
  std::optional<uint16_t> leaf_weight;
  friend bool operator==(const WeightDevice&, const WeightDevice&) = default;
};

struct ThrottleDevice {
  int64_t major = 0;
  int64_t minor = 0;
  uint64_t rate = 0;  // bytes or operations per second
  friend bool operator==(const ThrottleDevice&, const ThrottleDevice&) = default;
};

struct BlockIo {
  std::optional<uint16_t> weight;
  std::optional<uint16_t> leaf_weight;
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> throttle_read_bps_device;
  std::vector<ThrottleDevice> throttle_write_bps_device;
  std::vector<ThrottleDevice> throttle_read_iops_device;
  std::vector<ThrottleDevice> throttle_write_iops_device;
  friend bool operator==(const BlockIo&, const BlockIo&) = default;
};

struct HugepageLimit {
  std::string page_size;  // "2MB"
  uint64_t limit = 0;     // bytes
  friend bool operator==(const HugepageLimit&, const HugepageLimit&) = default;
};

struct InterfacePriority {
  std::string name;
  uint32_t priority = 0;
  friend bool operator==(const InterfacePriority&, const InterfacePriority&) = default;
};

struct NetworkClass {  // resources.network
  std::optional<uint32_t> class_id;
  std::vector<InterfacePriority> priorities;
  friend bool operator==(const NetworkClass&, const NetworkClass&) = default;
};

struct Rdma {
  std::optional<uint32_t> hca_handles;
  std::optional<uint32_t> hca_objects;
  friend bool operator==(const Rdma&, const Rdma&) = default;
};

struct Resources {
  std::vector<DeviceRule> devices;
  std::optional<Memory> memory;
  std::optional<Cpu> cpu;
  std::optional<Pids> pids;
  std::optional<BlockIo> block_io;
  std::vector<HugepageLimit> hugepage_limits;
  std::optional<NetworkClass> network;
  std::map<std::string, Rdma> rdma;
  std::map<std::string, std::string> unified;
  friend bool operator==(const Resources&, const Resources&) = default;
};

struct IntelRdt {
  std::optional<std::string> clos_id;
  std::vector<std::string> schemata;
  std::optional<std::string> l3_cache_schema;
  std::optional<std::string> mem_bw_schema;
  std::optional<bool> enable_monitoring;
  friend bool operator==(const IntelRdt&, const IntelRdt&) = default;
};

struct MemoryPolicy {
  std::string mode;  // "MPOL_BIND"
  std::string nodes;
  std::vector<std::string> flags;
  friend bool operator==(const MemoryPolicy&, const MemoryPolicy&) = default;
};

struct SeccompArg {
  uint32_t index = 0;  // 0 to 5
  uint64_t value = 0;
  std::optional<uint64_t> value_two;
  std::string op;  // "SCMP_CMP_EQ"
  friend bool operator==(const SeccompArg&, const SeccompArg&) = default;
};

struct SeccompRule {  // an entry of seccomp.syscalls
  std::vector<std::string> names;
  std::string action;
  std::optional<uint32_t> errno_ret;
  std::vector<SeccompArg> args;
  friend bool operator==(const SeccompRule&, const SeccompRule&) = default;
};

struct Seccomp {
  std::string default_action;  // "SCMP_ACT_ERRNO"
  std::optional<uint32_t> default_errno_ret;
  std::vector<std::string> architectures;  // "SCMP_ARCH_X86_64"
  std::vector<std::string> flags;          // "SECCOMP_FILTER_FLAG_LOG"
  std::optional<std::string> listener_path;
  std::optional<std::string> listener_metadata;
  std::vector<SeccompRule> syscalls;
  friend bool operator==(const Seccomp&, const Seccomp&) = default;
};

struct Personality {
  std::string domain;  // "LINUX" or "LINUX32"
  std::vector<std::string> flags;
  friend bool operator==(const Personality&, const Personality&) = default;
};

struct Linux {
  std::vector<Namespace> namespaces;
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
  std::map<std::string, TimeOffset> time_offsets;  // "monotonic", "boottime"
  std::vector<Device> devices;
  std::map<std::string, NetDevice> net_devices;
  std::optional<std::string> cgroups_path;
  std::optional<std::string> rootfs_propagation;  // "shared", "slave", "private", "unbindable"
  std::optional<Resources> resources;
  std::optional<IntelRdt> intel_rdt;
  std::optional<MemoryPolicy> memory_policy;
  std::map<std::string, std::string> sysctl;
  std::optional<Seccomp> seccomp;
  std::vector<std::string> masked_paths;
  std::vector<std::string> readonly_paths;
  std::optional<std::string> mount_label;
  std::optional<Personality> personality;
  friend bool operator==(const Linux&, const Linux&) = default;
};

// --- config.md ---------------------------------------------------------------------------------

struct Config {
  std::string oci_version;
  std::optional<Root> root;
  std::vector<Mount> mounts;
  std::optional<Process> process;
  std::optional<std::string> hostname;
  std::optional<std::string> domainname;
  std::optional<Hooks> hooks;
  std::optional<Linux> linux_;  // key "linux", which GNU C++ defines as a macro
  std::map<std::string, std::string> annotations;
  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace ocirt::spec
