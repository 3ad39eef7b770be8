// What main() calls.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "frontend/commands/command_line.h"

namespace ocirt::frontend {

/// All verbs by all their names, and the options before them.
std::vector<Verb> all_verbs();
std::span<const Option> global_options();

/// Runs the verb that the command line names. Returns the program's exit status.
int run_program(const std::vector<std::string>& arguments);

}  // namespace ocirt::frontend
