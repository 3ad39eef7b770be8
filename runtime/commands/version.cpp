// The name, the build and the version of the spec that `ocirt --version` prints.
#include "runtime/commands/version.h"

#include <fmt/core.h>

namespace ocirt::commands {

std::string version_text() {
  return fmt::format("ocirt version {}\ncommit: {}\nspec: {}\n", OCIRT_VERSION, OCIRT_COMMIT,
                     kSpecVersion);
}

}  // namespace ocirt::commands
