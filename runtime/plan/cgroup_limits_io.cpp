// Turns the limits of disks, huge pages, networks and RDMA, and the values in the kernel's own
// words, into values for cgroup files. Pure.
#include <array>
#include <cstdint>
#include <map>
#include <string_view>

#include "runtime/plan/limit_writer.h"

namespace ocirt::plan {

namespace {

std::string device_value(int64_t major, int64_t minor, std::string_view value) {
  return std::to_string(major) + ":" + std::to_string(minor) + " " + std::string(value);
}

// From blkio's 10 to 1000 to io.weight's 1 to 10000, in a straight line as runc and crun.
uint64_t io_weight(uint64_t weight) {
  return 1 + (weight - 10) * 9999 / 990;
}

// The file depends on the scheduler of the kernel: BFQ has its own, which takes v1's numbers.
void add_weight(LimitWriter& writer, uint16_t weight) {
  const std::string value = std::to_string(weight);
  if (writer.is_v2()) {
    writer.add({.file = "io.bfq.weight",
                .value = value,
                .other_file = "io.weight",
                .other_value = std::to_string(io_weight(weight))});
  } else {
    writer.add({.file = "blkio.weight",
                .value = value,
                .other_file = "blkio.bfq.weight",
                .other_value = value});
  }
}

void add_device_weight(LimitWriter& writer, const spec::WeightDevice& asked) {
  const std::string value = device_value(asked.major, asked.minor, std::to_string(*asked.weight));
  if (writer.is_v2()) {
    writer.add({.file = "io.bfq.weight",
                .value = value,
                .other_file = "io.weight",
                .other_value = device_value(asked.major, asked.minor,
                                            std::to_string(io_weight(*asked.weight)))});
  } else {
    writer.add({.file = "blkio.weight_device",
                .value = value,
                .other_file = "blkio.bfq.weight_device",
                .other_value = value});
  }
}

struct Throttle {
  std::vector<spec::ThrottleDevice> spec::BlockIo::*devices;
  std::string_view v1_file;
  std::string_view v2_key;
};
constexpr std::array<Throttle, 4> kThrottles = {{
    {&spec::BlockIo::throttle_read_bps_device, "blkio.throttle.read_bps_device", "rbps"},
    {&spec::BlockIo::throttle_write_bps_device, "blkio.throttle.write_bps_device", "wbps"},
    {&spec::BlockIo::throttle_read_iops_device, "blkio.throttle.read_iops_device", "riops"},
    {&spec::BlockIo::throttle_write_iops_device, "blkio.throttle.write_iops_device", "wiops"},
}};

void add_throttles(LimitWriter& writer, const spec::BlockIo& asked) {
  for (const Throttle& throttle : kThrottles) {
    for (const spec::ThrottleDevice& device : asked.*throttle.devices) {
      const std::string rate = std::to_string(device.rate);
      // 0 lifts v1's limit; v2 has a word for that.
      const std::string v2_rate = device.rate == 0 ? "max" : rate;
      writer.add(
          throttle.v1_file, "io.max",
          device_value(device.major, device.minor,
                       writer.is_v2() ? std::string(throttle.v2_key) + "=" + v2_rate : rate));
    }
  }
}

bool asks_for_anything(const spec::BlockIo& asked) {
  bool any = asked.weight.value_or(0) != 0 || asked.leaf_weight.value_or(0) != 0 ||
             !asked.weight_device.empty();
  for (const Throttle& throttle : kThrottles) any = any || !(asked.*throttle.devices).empty();
  return any;
}

// The controller that a file of v2 belongs to; the kernel names them so.
std::string_view controller_of(std::string_view file) {
  return file.substr(0, file.find('.'));
}

// Files of the core that hold a limit. The others move, stop or kill processes, or hand controllers
// down, which is for us to decide.
bool is_core_limit(std::string_view file) {
  return file == "cgroup.max.depth" || file == "cgroup.max.descendants" ||
         file == "cgroup.pressure";
}

}  // namespace

Result<> decide_block_io(const spec::BlockIo& asked, const CgroupView& view, CgroupLimits& limits) {
  if (!asks_for_anything(asked)) return {};
  // The same controller has another name in each version.
  bool v1 = false;
  for (const CgroupHierarchy& hierarchy : view.facts.v1) {
    for (const std::string& name : hierarchy.controllers) v1 = v1 || name == "blkio";
  }
  LimitWriter writer =
      TRY(LimitWriter::open(view, limits, v1 ? "blkio" : "io", "linux.resources.blockIO"));

  const auto is_weight = [](uint16_t weight) { return weight >= 10 && weight <= 1000; };
  if (asked.weight.value_or(0) != 0) {
    if (!is_weight(*asked.weight)) return writer.invalid("weight", "must be 10 to 1000");
    add_weight(writer, *asked.weight);
  }
  if (asked.leaf_weight.value_or(0) != 0) {
    if (writer.is_v2()) return writer.no_such_setting("leafWeight");
    writer.add("blkio.leaf_weight", {}, std::to_string(*asked.leaf_weight));
  }
  for (const spec::WeightDevice& device : asked.weight_device) {
    if (device.weight.value_or(0) != 0) {
      if (!is_weight(*device.weight)) return writer.invalid("weightDevice", "must be 10 to 1000");
      add_device_weight(writer, device);
    }
    if (device.leaf_weight.value_or(0) != 0) {
      if (writer.is_v2()) return writer.no_such_setting("weightDevice.leafWeight");
      writer.add("blkio.leaf_weight_device", {},
                 device_value(device.major, device.minor, std::to_string(*device.leaf_weight)));
    }
  }
  add_throttles(writer, asked);
  return {};
}

Result<> decide_hugepages(const std::vector<spec::HugepageLimit>& asked, const CgroupView& view,
                          CgroupLimits& limits) {
  for (const spec::HugepageLimit& limit : asked) {
    LimitWriter writer =
        TRY(LimitWriter::open(view, limits, "hugetlb", "linux.resources.hugepageLimits"));
    if (limit.page_size.empty() || limit.page_size.find('/') != std::string::npos) {
      return writer.invalid("pageSize", "\"" + limit.page_size + "\" is no size of pages");
    }
    const std::string prefix = "hugetlb." + limit.page_size;
    const std::string value = std::to_string(limit.limit);
    const std::string suffix = writer.is_v2() ? ".max" : ".limit_in_bytes";
    writer.add({.file = prefix + suffix, .value = value});
    // Reservations too, else mmap succeeds and the first touch is fatal. Kernels before 5.7 have
    // no such file.
    writer.add({.file = prefix + ".rsvd" + suffix, .value = value, .optional = true});
  }
  return {};
}

Result<> decide_network(const spec::NetworkClass& asked, const CgroupView& view,
                        CgroupLimits& limits) {
  if (asked.class_id.value_or(0) != 0) {
    LimitWriter writer =
        TRY(LimitWriter::open(view, limits, "net_cls", "linux.resources.network.classID"));
    writer.add("net_cls.classid", {}, std::to_string(*asked.class_id));
  }
  for (const spec::InterfacePriority& priority : asked.priorities) {
    LimitWriter writer =
        TRY(LimitWriter::open(view, limits, "net_prio", "linux.resources.network.priorities"));
    writer.add("net_prio.ifpriomap", {}, priority.name + " " + std::to_string(priority.priority));
  }
  return {};
}

Result<> decide_rdma(const std::map<std::string, spec::Rdma>& asked, const CgroupView& view,
                     CgroupLimits& limits) {
  for (const auto& [device, limit] : asked) {
    if (!limit.hca_handles && !limit.hca_objects) continue;
    LimitWriter writer = TRY(LimitWriter::open(view, limits, "rdma", "linux.resources.rdma"));
    std::string value = device;
    if (limit.hca_handles) value += " hca_handle=" + std::to_string(*limit.hca_handles);
    if (limit.hca_objects) value += " hca_object=" + std::to_string(*limit.hca_objects);
    writer.add("rdma.max", "rdma.max", value);
  }
  return {};
}

Result<> decide_unified(const std::map<std::string, std::string>& asked, const CgroupView& view,
                        CgroupLimits& limits) {
  for (const auto& [file, value] : asked) {
    const std::string where = "linux.resources.unified[\"" + file + "\"]";
    if (file.find('/') != std::string::npos || file.find('.') == std::string::npos) {
      return make_error(ErrorKind::InvalidConfig, where + ": is not the name of a cgroup file");
    }
    const std::string_view controller = controller_of(file);
    if (controller == "cgroup" && !is_core_limit(file)) {
      return make_error(ErrorKind::Unsupported, where + ": only limits can be set");
    }
    size_t directory = 0;
    while (directory < view.directories.size() && !view.directories[directory].v2) ++directory;
    if (controller != "cgroup") {
      LimitWriter writer = TRY(LimitWriter::open(view, limits, controller, where));
      if (!writer.is_v2()) {
        return make_error(ErrorKind::Unsupported, where + ": the " + std::string(controller) +
                                                      " controller is one of cgroup v1 here");
      }
    } else if (directory == view.directories.size()) {
      return make_error(ErrorKind::Unsupported, where + ": needs a cgroup of version 2");
    }
    // The kernel takes one line in one write(2).
    for (size_t at = 0; at < value.size();) {
      const size_t end = std::min(value.find('\n', at), value.size());
      if (end > at) {
        limits.writes.push_back(
            {.directory = directory, .file = file, .value = value.substr(at, end - at)});
      }
      at = end + 1;
    }
  }
  return {};
}

}  // namespace ocirt::plan
