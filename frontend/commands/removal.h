// What the verbs share that remove things: the question before it, and the exit status after it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::frontend {

/// The exit status for what isn't there, as podman's rm has it.
inline constexpr int kUnknownStatus = 1;

/// Shows the warning and reads the answer. Errors: BadState where stdin has none, so that a script
/// that forgot --force removes nothing.
Result<bool> is_agreed(std::string_view warning);

/// Calls `remove` for each word; an error doesn't keep the others from their turn.
/// `excuses_unknown`: what isn't there is no error. Returns the exit status as podman's rm has it:
/// 0, 1 where something isn't there, 2 where something is in use, 125 for all else.
int remove_each(const std::vector<std::string>& words, bool excuses_unknown,
                const std::function<Result<>(const std::string& word)>& remove);

}  // namespace ocirt::frontend
