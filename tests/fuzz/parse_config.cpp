// Whatever bytes config.json holds: parsing ends, in a Config or in an error that says something, and a
// Config survives being printed and parsed again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/result.h"
#include "spec/config.h"
#include "spec/parse.h"
#include "spec/print.h"

using ocirt::Result;
namespace spec = ocirt::spec;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {  // NOLINT: libFuzzer's name
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const Result<spec::Config> config = spec::parse_config(json);
  if (!config) {
    if (config.error().text.empty()) std::abort();
    return 0;
  }
  const Result<spec::Config> again = spec::parse_config(spec::print_config(*config));
  if (!again || !(*again == *config)) std::abort();
  return 0;
}
