// Small work on text that sections of the plan share: paths, numbers, the form of errors. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/path.h"
#include "base/result.h"

namespace ocirt::plan {

/// `path` from "/", without ".", "..", doubled or trailing slashes: "a//b/../c/" is "/a/c". Purely
/// by its text, as the spec's relative destinations and ".." are read by all runtimes.
ContainerPath clean_container_path(std::string_view path);

/// `path` if it is absolute, else `path` below `base`. A ".." is left to the kernel, which knows
/// where links lead.
HostPath absolute_host_path(const HostPath& base, std::string_view path);

/// Is `path` the same as `folder`, or below it? Both are clean.
bool is_at_or_below(std::string_view path, std::string_view folder);

/// The parts of `text` between separators; one empty part for an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The whole of `text` as a decimal number; nothing else counts, no sign, no space.
bool parse_number(std::string_view text, uint64_t& number);

/// `text` in double quotes, with control characters escaped: for errors.
std::string quoted(std::string_view text);

/// An error about the place `pointer` (a JSON pointer) of the config, in the form that findings of
/// spec::validate() have: "/mounts/3: problem (section)".
Error config_error(ErrorKind kind, std::string_view pointer, std::string_view problem,
                   std::string_view section = {});

/// "/mounts/3"
std::string pointer_to(std::string_view array, size_t index);

}  // namespace ocirt::plan
