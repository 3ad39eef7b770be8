// Handles: every fd opened before the clone, while we still see the host. Move-only.
#include "runtime/stages/handles.h"

#include <unistd.h>

#include <utility>

#include "sys/own_mount.h"

namespace ocirt::stages {

void let_go_of_creator(Handles& held) {
  held.creator_end.reset();
  const int directory = std::exchange(held.state_directory, -1);
  if (directory >= 0) (void)::close(directory);  // our copy alone
  sys::let_go_of_own_mount();                    // likewise
}

}  // namespace ocirt::stages
