// NetworkState as a file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "frontend/network/network.h"

namespace ocirt::network {

std::string print_state(const NetworkState& state);
/// Nothing for what isn't ours.
std::optional<NetworkState> parse_state(std::string_view text);

Result<> save_state(const NetworkState& state, const Directories& where);
void remove_state(const Directories& where);

}  // namespace ocirt::network
