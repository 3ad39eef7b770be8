// Reads what nvidia-smi prints about slices of GPUs (MIG): their UUIDs stand nowhere in /proc.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/nvidia/plan/driver.h"

namespace ocirt::nvidia {

/// A slice of `nvidia-smi -L`: "  MIG 1g.10gb     Device  0: (UUID: MIG-...)" below its GPU's line.
struct ListedSlice {
  std::string gpu_uuid;
  uint32_t index = 0;
  std::string uuid;
  friend bool operator==(const ListedSlice&, const ListedSlice&) = default;
};
std::vector<ListedSlice> parse_smi_list(std::string_view text);

/// A slice of `nvidia-smi -q -x`, a <mig_device> of a <gpu>.
struct QueriedSlice {
  std::string gpu_uuid;
  uint32_t index = 0;
  uint32_t gpu_instance = 0;
  uint32_t compute_instance = 0;
  friend bool operator==(const QueriedSlice&, const QueriedSlice&) = default;
};
std::vector<QueriedSlice> parse_smi_query(std::string_view text);

/// Sets the UUIDs of the driver's slices by both.
void name_slices(Driver& driver, const std::vector<ListedSlice>& listed,
                 const std::vector<QueriedSlice>& queried);

}  // namespace ocirt::nvidia
