// cdi generate, cdi list, cdi check.
#include "hooks/nvidia/commands/verbs.h"

namespace ocirt::nvidia {

Result<int> cdi(const Arguments&) {
  return make_error(ErrorKind::Unsupported, "cdi: to come");
}

}  // namespace ocirt::nvidia
