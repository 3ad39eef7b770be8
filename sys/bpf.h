// The program that decides which devices a v2 cgroup may use: made, loaded, attached. Knows no OCI
// word.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// One rule of a device program.
struct DeviceRule {
  bool allow = false;
  uint32_t type = 0;              // BPF_DEVCG_DEV_CHAR or _BLOCK; 0: both
  std::optional<uint32_t> major;  // absent: any
  std::optional<uint32_t> minor;  // absent: any
  uint32_t access = 0;            // BPF_DEVCG_ACC_READ | _WRITE | _MKNOD
};

/// A program that enforces `rules` exactly: each kind of access that is asked for is decided by the
/// last rule about it, all must be allowed, and what no rule is about is denied.
std::vector<bpf_insn> device_program(std::span<const DeviceRule> rules);

/// Loads it into the kernel (bpf(2), BPF_PROG_LOAD).
///
/// Errors: Denied without CAP_BPF and CAP_NET_ADMIN (or CAP_SYS_ADMIN) in the first user namespace;
///         Unsupported by a kernel without CONFIG_CGROUP_BPF.
Result<UniqueFd> load_device_program(std::span<const bpf_insn> program);

/// Attaches it to the cgroup whose directory is `cgroup`, beside what others attached
/// (BPF_F_ALLOW_MULTI): all programs on the way from the root must allow an access. It goes away
/// with the cgroup.
Result<> attach_device_program(int cgroup, int program);

}  // namespace ocirt::sys
