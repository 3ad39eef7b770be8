// The command line of the runtime. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shim/model/options.h"

namespace ocirt::shim {

/// argv of `create`, `exec` or `restore`, as conmon gives it. `console_socket` may be empty.
std::vector<std::string> runtime_line(const Options& options, std::string_view console_socket);

}  // namespace ocirt::shim
