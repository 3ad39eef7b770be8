// The tables of config-linux.md: keys, presence and section of the spec. For schema.cpp only.
#pragma once

#include <array>

#include "spec/config.h"
#include "spec/type.h"

namespace ocirt::spec {

template <>
struct Members<IdMapping> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&IdMapping::container_id>("containerID"),
      required<&IdMapping::host_id>("hostID"),
      required<&IdMapping::size>("size"),
  });
};

template <>
struct Members<Namespace> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Namespace::type>("type"),
      optional<&Namespace::path>("path"),
  });
};

template <>
struct Members<TimeOffset> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&TimeOffset::secs>("secs"),
      optional<&TimeOffset::nanosecs>("nanosecs"),
  });
};

template <>
struct Members<Device> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Device::type>("type"),
      required<&Device::path>("path"),
      optional<&Device::major>("major"),
      optional<&Device::minor>("minor"),
      optional<&Device::file_mode>("fileMode"),
      optional<&Device::uid>("uid"),
      optional<&Device::gid>("gid"),
  });
};

template <>
struct Members<NetDevice> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&NetDevice::name>("name"),
  });
};

template <>
struct Members<DeviceRule> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&DeviceRule::allow>("allow"),
      optional<&DeviceRule::type>("type"),
      optional<&DeviceRule::major>("major"),
      optional<&DeviceRule::minor>("minor"),
      optional<&DeviceRule::access>("access"),
  });
};

template <>
struct Members<Memory> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Memory::limit>("limit"),
      optional<&Memory::reservation>("reservation"),
      optional<&Memory::swap>("swap"),
      optional<&Memory::kernel>("kernel"),
      optional<&Memory::kernel_tcp>("kernelTCP"),
      optional<&Memory::swappiness>("swappiness"),
      optional<&Memory::disable_oom_killer>("disableOOMKiller"),
      optional<&Memory::use_hierarchy>("useHierarchy"),
      optional<&Memory::check_before_update>("checkBeforeUpdate"),
  });
};

template <>
struct Members<Cpu> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Cpu::shares>("shares"),
      optional<&Cpu::quota>("quota"),
      optional<&Cpu::burst>("burst"),
      optional<&Cpu::period>("period"),
      optional<&Cpu::realtime_runtime>("realtimeRuntime"),
      optional<&Cpu::realtime_period>("realtimePeriod"),
      optional<&Cpu::cpus>("cpus"),
      optional<&Cpu::mems>("mems"),
      optional<&Cpu::idle>("idle"),
  });
};

template <>
struct Members<Pids> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Pids::limit>("limit"),
  });
};

template <>
struct Members<WeightDevice> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&WeightDevice::major>("major"),
      required<&WeightDevice::minor>("minor"),
      optional<&WeightDevice::weight>("weight"),
      optional<&WeightDevice::leaf_weight>("leafWeight"),
  });
};

template <>
struct Members<ThrottleDevice> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&ThrottleDevice::major>("major"),
      required<&ThrottleDevice::minor>("minor"),
      required<&ThrottleDevice::rate>("rate"),
  });
};

template <>
struct Members<BlockIo> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&BlockIo::weight>("weight"),
      optional<&BlockIo::leaf_weight>("leafWeight"),
      optional<&BlockIo::weight_device>("weightDevice"),
      optional<&BlockIo::throttle_read_bps_device>("throttleReadBpsDevice"),
      optional<&BlockIo::throttle_write_bps_device>("throttleWriteBpsDevice"),
      optional<&BlockIo::throttle_read_iops_device>("throttleReadIOPSDevice"),
      optional<&BlockIo::throttle_write_iops_device>("throttleWriteIOPSDevice"),
  });
};

template <>
struct Members<HugepageLimit> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&HugepageLimit::page_size>("pageSize"),
      required<&HugepageLimit::limit>("limit"),
  });
};

template <>
struct Members<InterfacePriority> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&InterfacePriority::name>("name"),
      required<&InterfacePriority::priority>("priority"),
  });
};

template <>
struct Members<NetworkClass> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&NetworkClass::class_id>("classID"),
      optional<&NetworkClass::priorities>("priorities"),
  });
};

template <>
struct Members<Rdma> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Rdma::hca_handles>("hcaHandles"),
      optional<&Rdma::hca_objects>("hcaObjects"),
  });
};

template <>
struct Members<Resources> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Resources::devices>("devices", "config-linux.md#allowed-device-list"),
      optional<&Resources::memory>("memory", "config-linux.md#memory"),
      optional<&Resources::cpu>("cpu", "config-linux.md#cpu"),
      optional<&Resources::pids>("pids", "config-linux.md#pids"),
      optional<&Resources::block_io>("blockIO", "config-linux.md#block-io"),
      optional<&Resources::hugepage_limits>("hugepageLimits", "config-linux.md#huge-page-limits"),
      optional<&Resources::network>("network", "config-linux.md#network"),
      optional<&Resources::rdma>("rdma", "config-linux.md#rdma"),
      optional<&Resources::unified>("unified", "config-linux.md#unified"),
  });
};

template <>
struct Members<IntelRdt> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&IntelRdt::clos_id>("closID"),
      optional<&IntelRdt::schemata>("schemata"),
      optional<&IntelRdt::l3_cache_schema>("l3CacheSchema"),
      optional<&IntelRdt::mem_bw_schema>("memBwSchema"),
      optional<&IntelRdt::enable_monitoring>("enableMonitoring"),
  });
};

template <>
struct Members<MemoryPolicy> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&MemoryPolicy::mode>("mode"),
      optional<&MemoryPolicy::nodes>("nodes"),
      optional<&MemoryPolicy::flags>("flags"),
  });
};

template <>
struct Members<SeccompArg> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&SeccompArg::index>("index"),
      required<&SeccompArg::value>("value"),
      optional<&SeccompArg::value_two>("valueTwo"),
      required<&SeccompArg::op>("op"),
  });
};

template <>
struct Members<SeccompRule> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&SeccompRule::names>("names"),
      required<&SeccompRule::action>("action"),
      optional<&SeccompRule::errno_ret>("errnoRet"),
      optional<&SeccompRule::args>("args"),
  });
};

template <>
struct Members<Seccomp> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Seccomp::default_action>("defaultAction"),
      optional<&Seccomp::default_errno_ret>("defaultErrnoRet"),
      optional<&Seccomp::architectures>("architectures"),
      optional<&Seccomp::flags>("flags"),
      optional<&Seccomp::listener_path>("listenerPath"),
      optional<&Seccomp::listener_metadata>("listenerMetadata"),
      optional<&Seccomp::syscalls>("syscalls"),
  });
};

template <>
struct Members<Personality> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Personality::domain>("domain"),
      optional<&Personality::flags>("flags"),
  });
};

template <>
struct Members<Linux> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Linux::namespaces>("namespaces", "config-linux.md#namespaces"),
      optional<&Linux::uid_mappings>("uidMappings", "config-linux.md#user-namespace-mappings"),
      optional<&Linux::gid_mappings>("gidMappings", "config-linux.md#user-namespace-mappings"),
      optional<&Linux::time_offsets>("timeOffsets", "config-linux.md#offset-for-time-namespace"),
      optional<&Linux::devices>("devices", "config-linux.md#devices"),
      optional<&Linux::net_devices>("netDevices", "config-linux.md#network-devices"),
      optional<&Linux::cgroups_path>("cgroupsPath", "config-linux.md#cgroups-path"),
      optional<&Linux::rootfs_propagation>("rootfsPropagation",
                                           "config-linux.md#rootfs-mount-propagation"),
      optional<&Linux::resources>("resources", "config-linux.md#control-groups"),
      optional<&Linux::intel_rdt>("intelRdt", "config-linux.md#intelrdt"),
      optional<&Linux::memory_policy>("memoryPolicy", "config-linux.md#memory-policy"),
      optional<&Linux::sysctl>("sysctl", "config-linux.md#sysctl"),
      optional<&Linux::seccomp>("seccomp", "config-linux.md#seccomp"),
      optional<&Linux::masked_paths>("maskedPaths", "config-linux.md#masked-paths"),
      optional<&Linux::readonly_paths>("readonlyPaths", "config-linux.md#readonly-paths"),
      optional<&Linux::mount_label>("mountLabel", "config-linux.md#mount-label"),
      optional<&Linux::personality>("personality", "config-linux.md#personality"),
  });
};

}  // namespace ocirt::spec
