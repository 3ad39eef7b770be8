// The program `ocictl`. Runs in: ocictl.
#include <algorithm>
#include <string>
#include <vector>

#include "frontend/commands/program.h"

int main(int argc, char** argv) {
  return ocirt::frontend::run_program(
      std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
}
