// Throws bytes at the reader of CDI's specifications, JSON and YAML, and at the words of hooks.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hooks/nvidia/cdi/native_hooks.h"
#include "hooks/nvidia/cdi/spec.h"

namespace {

using namespace ocirt;          // NOLINT(google-build-using-namespace): all of it is the target
using namespace ocirt::nvidia;  // NOLINT(google-build-using-namespace): likewise

void require(bool holds) {
  if (!holds) std::abort();
}

void read_hooks(const ContainerEdits& edits) {
  HookRequests requests;
  for (const CdiHook& hook : edits.hooks) {
    const HookRequests before = requests;
    const bool is_read = read_nvidia_hook({.path = hook.path, .args = hook.args}, requests);
    require(is_read || requests == before);
  }
  for (const PlannedLink& link : requests.links) {
    require(link.path.text.starts_with('/') && !link.target.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_cdi_name(text);
  Result<CdiSpec> spec = parse_cdi(text);
  if (!spec) {
    require(!spec.error().text.empty());
    return 0;
  }
  read_hooks(spec->edits);
  for (const CdiDevice& device : spec->devices) read_hooks(device.edits);
  // What is written reads back the same, but for what the reader didn't know.
  spec->warnings.clear();
  const Result<CdiSpec> back = parse_cdi(format_cdi(*spec));
  require(back && *back == *spec);
  return 0;
}
