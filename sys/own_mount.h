// The mount that a sealed program runs from (sys/sealed_self.cpp).
#pragma once

namespace ocirt::sys {

/// From here on up is its fd: far above what a caller may have passed for the payload, and the last
/// one for which the table of fds needn't grow.
inline constexpr int kFirstOwnMountFd = 255;

/// Its fd, or -1: this program isn't sealed, or not by a mount. To be asked for the first time
/// before anything is opened, since what the kernel tells is only the number.
int own_mount();

/// Closes it. The last process to do so waits until the kernel has taken the mount apart, for an
/// RCU grace period: 0.1 ms and more. So it is best done while something else is waited for anyway.
void let_go_of_own_mount();

}  // namespace ocirt::sys
