// Lays the limits that `update` asks for over those that a container has. Pure.
#include <algorithm>

#include "runtime/plan/update.h"

namespace ocirt::plan {

namespace {

template <typename T>
void take(std::optional<T>& old, const std::optional<T>& asked) {
  if (asked) old = asked;
}

// For fields in which 0, or an empty text, is no value.
template <typename T>
void take_set(std::optional<T>& old, const std::optional<T>& asked) {
  if (asked && *asked != T{}) old = asked;
}

// Elements of the same kind take each other's place.
template <typename T, typename IsSame>
void take_each(std::vector<T>& old, const std::vector<T>& asked, IsSame is_same) {
  for (const T& each : asked) {
    const auto found =
        std::find_if(old.begin(), old.end(), [&](const T& other) { return is_same(each, other); });
    if (found == old.end()) {
      old.push_back(each);
    } else {
      *found = each;
    }
  }
}

template <typename T>
void take_each_device(std::vector<T>& old, const std::vector<T>& asked) {
  take_each(old, asked,
            [](const T& a, const T& b) { return a.major == b.major && a.minor == b.minor; });
}

void merge(spec::Memory& old, const spec::Memory& asked) {
  take_set(old.limit, asked.limit);
  take_set(old.reservation, asked.reservation);
  take_set(old.swap, asked.swap);
  // To lift the limit of memory is to lift that of both, as the kernel demands on v1.
  if (asked.limit == -1 && !asked.swap) old.swap = -1;
  take_set(old.kernel, asked.kernel);
  take_set(old.kernel_tcp, asked.kernel_tcp);
  take(old.swappiness, asked.swappiness);
  take(old.disable_oom_killer, asked.disable_oom_killer);
  take(old.use_hierarchy, asked.use_hierarchy);
  take(old.check_before_update, asked.check_before_update);
}

void merge(spec::Cpu& old, const spec::Cpu& asked) {
  take_set(old.shares, asked.shares);
  take_set(old.quota, asked.quota);
  take(old.burst, asked.burst);
  take_set(old.period, asked.period);
  take_set(old.realtime_runtime, asked.realtime_runtime);
  take_set(old.realtime_period, asked.realtime_period);
  take_set(old.cpus, asked.cpus);
  take_set(old.mems, asked.mems);
  take(old.idle, asked.idle);
}

void merge(spec::BlockIo& old, const spec::BlockIo& asked) {
  take_set(old.weight, asked.weight);
  take_set(old.leaf_weight, asked.leaf_weight);
  take_each_device(old.weight_device, asked.weight_device);
  take_each_device(old.throttle_read_bps_device, asked.throttle_read_bps_device);
  take_each_device(old.throttle_write_bps_device, asked.throttle_write_bps_device);
  take_each_device(old.throttle_read_iops_device, asked.throttle_read_iops_device);
  take_each_device(old.throttle_write_iops_device, asked.throttle_write_iops_device);
}

void merge(spec::Pids& old, const spec::Pids& asked) {
  take(old.limit, asked.limit);
}

void merge(spec::NetworkClass& old, const spec::NetworkClass& asked) {
  take_set(old.class_id, asked.class_id);
  take_each(old.priorities, asked.priorities,
            [](const auto& a, const auto& b) { return a.name == b.name; });
}

template <typename T>
void merge_part(std::optional<T>& old, const std::optional<T>& asked) {
  if (!asked) return;
  if (!old) old.emplace();
  merge(*old, *asked);
  if (*old == T{}) old.reset();  // it said nothing
}

}  // namespace

spec::Resources merge_resources(spec::Resources old, const spec::Resources& asked) {
  merge_part(old.memory, asked.memory);
  merge_part(old.cpu, asked.cpu);
  merge_part(old.pids, asked.pids);
  merge_part(old.block_io, asked.block_io);
  take_each(old.hugepage_limits, asked.hugepage_limits,
            [](const auto& a, const auto& b) { return a.page_size == b.page_size; });
  merge_part(old.network, asked.network);
  for (const auto& [device, limit] : asked.rdma) {
    spec::Rdma& place = old.rdma[device];
    take(place.hca_handles, limit.hca_handles);
    take(place.hca_objects, limit.hca_objects);
  }
  for (const auto& [file, value] : asked.unified) old.unified[file] = value;
  return old;
}

}  // namespace ocirt::plan
