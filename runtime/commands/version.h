// The name, the build and the version of the spec that `ocirt --version` prints.
#pragma once

#include <string>
#include <string_view>

namespace ocirt::commands {

inline constexpr std::string_view kSpecVersion = "1.3.0";  // of the runtime spec

/// Three lines. Only the first has the word "version": dockerd takes the last line that has it.
std::string version_text();

}  // namespace ocirt::commands
