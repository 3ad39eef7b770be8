// The helper process itself: namespaces, and a fork for each job. Runs in: helper.
#pragma once

#include "frontend/unpack/store_ids.h"

namespace ocirt::unpack {

/// What the helper gets from its parent, whose memory it has a copy of.
struct HelperStart {
  int socket = -1;  // all other fds are closed
  const StoreIds* ids = nullptr;
  const char* workspace = nullptr;  // becomes the root
};

/// Never returns. `argument` is a HelperStart.
void helper_main(void* argument) noexcept;

}  // namespace ocirt::unpack
