// Whether this process has the rights of the host's root.
#pragma once

namespace ocirt::nvidia {

/// Uid 0, and not that of a user namespace.
bool is_host_root();

}  // namespace ocirt::nvidia
