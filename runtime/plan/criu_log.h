// What CRIU's log says about a failure. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ocirt::plan {

/// The error for a log of CRIU's: the first line that begins "Error (...)", which names the cause,
/// with its place in the log; the last, where it says something else; and what to do, where we
/// know it. `path` is the log's.
///
/// `otherwise` is said where the log has no such line.
Error criu_failure(std::string_view log, std::string_view path, std::string_view otherwise);

}  // namespace ocirt::plan
