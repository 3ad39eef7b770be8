// The process that becomes CRIU. Runs in: that process.
#pragma once

#include <string>

#include "base/unique_fd.h"
#include "runtime/stages/criu.h"

namespace ocirt::stages {

struct CriuArguments {
  std::string program;
  const CriuFiles& files;
  const CriuStart& start;
  UniqueFd creator_end;  // until execve: tells what failed, and closes when it worked
  UniqueFd child_end;
  int output = -1;            // for what it prints
  std::string path_variable;  // "PATH=..."; empty: the environment has one
};

/// Attaches the rootfs, if there is one, and executes CRIU. `arguments` is a CriuArguments.
[[noreturn]] void criu_main(void* arguments) noexcept;

}  // namespace ocirt::stages
