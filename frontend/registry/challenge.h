// What a registry wants to see before it answers: the header WWW-Authenticate. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ocirt::registry {

/// One challenge: a scheme in lower case ("bearer", "basic") and its parameters by lower-case name.
struct Challenge {
  std::string scheme;
  std::map<std::string, std::string, std::less<>> parameters;
  friend bool operator==(const Challenge&, const Challenge&) = default;
};

/// All challenges of a header, in order (RFC 9110, 11.6.1). What can't be understood is left out.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace ocirt::registry
