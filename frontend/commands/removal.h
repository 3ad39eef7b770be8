// What the verbs share that remove things: the question before it, what is done, and the exit
// status after it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/commands/containers.h"

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

struct RmOptions {
  bool force = false;    // also one that runs
  bool volumes = false;  // with its anonymous volumes
  std::optional<unsigned> patience_s;
};

/// By name or id. Errors: BadState for one that runs, unless by force; NotFound.  (rm.cpp)
Result<> remove_container(Containers& all, const std::string& word, const RmOptions& how);

/// What a prune has removed.
struct Pruned {
  std::vector<std::string> names;  // or ids
  uint64_t bytes = 0;
};

/// Those that no container uses, or that don't run, and that all filters leave: label, label!,
/// until (those of volumes know more). Errors: InvalidConfig for another filter.
Result<Pruned> prune_containers(Containers& all, const std::vector<std::string>& filters);
Result<Pruned> prune_volumes(const Containers& all, const std::vector<std::string>& filters);
Result<Pruned> prune_networks(const Containers& all, const std::vector<std::string>& filters);

}  // namespace ocirt::frontend
