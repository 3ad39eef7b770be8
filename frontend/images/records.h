// The store's documents as JSON. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "frontend/images/store.h"

namespace ocirt::images {

std::string print_image(const ImageRecord& record);
std::string print_name(const NameRecord& record);
std::string print_layer(const LayerRecord& record);

/// Nothing for what isn't ours.
std::optional<ImageRecord> parse_image(std::string_view text);
std::optional<NameRecord> parse_name(std::string_view text);
std::optional<LayerRecord> parse_layer(std::string_view text);

/// A name as a file name: '/' and '%' become "%2F" and "%25".
std::string escape_name(std::string_view name);

}  // namespace ocirt::images
