// What --version prints.
#include "shim/version.h"

namespace ocirt::shim {

std::string version_text() {
  return "conmon version 2.2.1\ncommit: ocirt-shim " OCIRT_VERSION " (" OCIRT_COMMIT ")\n";
}

}  // namespace ocirt::shim
