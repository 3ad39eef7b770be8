// The host's users by name.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace ocirt::commands {

/// Looks users up in the host's /etc/passwd, each only once.
class UserNames {
 public:
  /// The login name of `uid`, or "#UID". Users of a directory service have none here: asking the C
  /// library for them needs its loader, which a static program hasn't got.
  const std::string& name_of(uint32_t uid);

 private:
  std::map<uint32_t, std::string> known_;
};

}  // namespace ocirt::commands
