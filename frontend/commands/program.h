// What main() calls.
#pragma once

#include <string>
#include <vector>

namespace ocirt::frontend {

/// Runs the verb that the command line names. Returns the program's exit status.
int run_program(const std::vector<std::string>& arguments);

}  // namespace ocirt::frontend
