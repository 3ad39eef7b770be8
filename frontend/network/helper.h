// The programs that give networks: found, started, and stopped again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/network/network.h"
#include "sys/program.h"

namespace ocirt::network {

/// The path of a program: beside our own, in PATH, or where distributions put podman's helpers.
/// Errors: NotFound, with the package that has it as a hint.
Result<std::string> find_helper(std::string_view name, std::string_view package);

/// What a helper is started with: its words without the name; in RUN/ID, in a session of its own.
Result<sys::Program> helper_program(std::string_view name, std::string_view package,
                                    std::vector<std::string> words, const Directories& where);

/// Remembers the process in `state`, so that stop_helper() finds it, and no other one.
Result<> remember_helper(NetworkState& state, pid_t pid);

/// Kills the process, if it still is the one. Returns when it has ended.
Result<> stop_helper(const NetworkState& state);

}  // namespace ocirt::network
