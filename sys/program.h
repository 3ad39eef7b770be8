// Running another program: hooks and id-mapping helpers. Knows no OCI word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/process.h"

namespace ocirt::sys {

/// A program to run. The child gets exactly this: nothing of our environment, and of our fds those
/// that are named here.
struct Program {
  std::string path;               // absolute
  std::vector<std::string> args;  // with argv[0]
  std::vector<std::string> env;   // "NAME=value"; all of it
  std::string cwd = "/";
  int stdin_fd = -1;          // borrowed; -1: /dev/null
  int output_fd = -1;         // borrowed; stdout; -1: ours
  int error_fd = -1;          // borrowed; stderr; -1: ours
  std::vector<int> more_fds;  // borrowed; become 3, 4, ...
  bool new_session = false;   // setsid(2): it outlives our terminal's signals
};

/// The absolute path of a program: from the folders of PATH, then from where distributions keep
/// programs, since engines call us without a PATH. Empty when there is none that we may execute.
std::string find_program(std::string_view name);

/// Starts it in a vfork child. Errors: the errno of execve(2), about `path`.
Result<Child> start_program(const Program& program);

/// How a program ended, and the first bytes of what it wrote to those of stdout and stderr that it
/// was given no fd for.
struct ProgramOutcome {
  ExitStatus status;
  std::string output;
  bool timed_out = false;  // it was killed
};

/// Runs it with `stdin_text` as its standard input, at most `timeout_ms` (-1: for ever), and
/// collects its output where `program` names no fd for it. What it leaves running in the background
/// keeps nobody waiting: input and output are memory files, not pipes.
Result<ProgramOutcome> run_program(Program program, std::string_view stdin_text, int timeout_ms);

/// All that a program writes to stdout and stderr, at most 64 MiB. Errors: System, with what it
/// wrote, when it doesn't exit with 0.
Result<std::string> capture_program(Program program);

}  // namespace ocirt::sys
