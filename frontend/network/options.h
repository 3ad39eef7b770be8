// The options that follow a network's kind: "slirp4netns:mtu=1500,cidr=...". Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ocirt::network {

/// What follows the first colon, cut at commas.
std::vector<std::string> option_words(std::string_view asked);

/// The same as pairs: "mtu" is "1500".
std::map<std::string, std::string> option_pairs(std::string_view asked);

/// The last line that a program wrote that says something, without its own name and level.
std::string said_by(std::string_view output);

}  // namespace ocirt::network
