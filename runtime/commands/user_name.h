// The host's users by name.
#pragma once

#include <cstdint>
#include <string>

namespace ocirt::commands {

/// The login name of `uid` in the host's /etc/passwd, or "#UID". Users of a directory service have
/// none here: asking the C library for them needs its loader, which a static program hasn't got.
std::string user_name(uint32_t uid);

}  // namespace ocirt::commands
