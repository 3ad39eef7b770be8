// What of a container's sd_notify messages goes on to the host. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ocirt::shim {

/// The lines of `message` that a container may say to its host's service manager; empty if there
/// are none. Never MAINPID or FDSTORE: the container's pids and fds mean nothing there.
std::string notify_lines(std::string_view message);

}  // namespace ocirt::shim
