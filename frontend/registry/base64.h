// Base64, as HTTP and auth.json have it (RFC 4648). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ocirt::registry {

std::string encode_base64(std::string_view bytes);

/// Nothing for what is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace ocirt::registry
