// What the shells offer when a line is completed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocirt::frontend {

/// The word by which the shells' scripts ask: "ocictl __complete WORD...", the last one unfinished.
inline constexpr std::string_view kCompleteVerb = "__complete";
/// Instead of a candidate: names of files come here.
inline constexpr std::string_view kFiles = ":files";

/// One candidate a line, and behind a tab what it is for. From the verbs' own tables, and the names
/// in the store.
std::string completions_for(const std::vector<std::string>& words);

}  // namespace ocirt::frontend
