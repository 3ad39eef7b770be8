// Handles: every fd opened before the clone, while we still see the host. Move-only.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/unique_fd.h"
#include "runtime/stages/cgroup.h"
#include "runtime/stages/hooks.h"
#include "runtime/stages/rootfs.h"
#include "sys/processors.h"

namespace ocirt::stages {

struct Handles {
  UniqueFd creator_end;  // the conversation of protocol.h
  UniqueFd init_end;
  int state_directory = -1;  // locked by the creator; borrowed
  RootfsHandles rootfs;
  CgroupHandles cgroup;
  std::vector<UniqueFd> namespaces;  // of plan.namespaces.joined, in its order
  std::vector<sock_filter> seccomp;  // empty: no filter
  HookOutput hook_output;
  UniqueFd gate;            // listening; absent for `run`, which opens it by itself
  UniqueFd console_socket;  // connected; absent without --console-socket
  sys::ProcessorPin pin;
  /// The kernel may run programs of other machine types (binfmt_misc).
  bool foreign_programs = false;
};

/// Closes, in a child, what would outlive the creator there: with its own end of the channel open
/// it would never see the creator die, and with the state directory open the lock would stay.
void let_go_of_creator(Handles& held);

}  // namespace ocirt::stages
