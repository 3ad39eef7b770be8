// What --version prints.
#pragma once

#include <string>

namespace ocirt::shim {

/// Two lines. The first is conmon's, with the version whose behaviour we have: engines look for it,
/// and silently take another program otherwise. The second says who we are.
std::string version_text();

}  // namespace ocirt::shim
