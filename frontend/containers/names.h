// Names for containers whose owner gives none. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ocirt::containers {

/// "brave_knuth": one of some thousands, by a number.
std::string make_name(unsigned number);

/// What a person may call a container: [a-zA-Z0-9][a-zA-Z0-9_.-]*
bool is_name(std::string_view text);

}  // namespace ocirt::containers
