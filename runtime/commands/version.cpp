// Who we are.
#include "runtime/commands/version.h"

#include <fmt/core.h>

namespace ocirt::commands {

std::string version_text() {
  return fmt::format("ocirt version {}\ncommit: {}\nspec: {}\n", OCIRT_VERSION, OCIRT_COMMIT,
                     kSpecVersion);
}

}  // namespace ocirt::commands
