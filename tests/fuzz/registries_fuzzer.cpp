// Throws bytes at the files that an administrator or user writes for registries: registries.conf,
// auth.json, policy.json.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "frontend/registry/auth_file.h"
#include "frontend/registry/base64.h"
#include "frontend/registry/policy.h"
#include "frontend/registry/registries_conf.h"

namespace {

using namespace ocirt::registry;  // NOLINT(google-build-using-namespace): all of it is the target

void require(bool holds) {
  if (!holds) std::abort();
}

void registries(std::string_view text) {
  RegistriesConf conf;
  if (!add_registries_conf(conf, text)) return;
  const auto reference = parse_reference("docker.io/library/httpd:2.4");
  require(reference.has_value());
  if (const auto places = places_of(conf, *reference)) {
    require(!places->empty());
    for (const Place& place : *places) require(place.host.find('/') == std::string::npos);
  }
  (void)resolve_short_name(conf, "httpd");
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  // No helper for credentials is there to be started.
  return ::setenv("PATH", "", 1);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  registries(text);
  (void)credentials_in(text, "docker.io", "library/httpd");
  const auto reference = parse_reference("docker.io/library/httpd:2.4");
  (void)check_policy(text, *reference);
  require(decode_base64(encode_base64(text)) == std::string(text));
  (void)decode_base64(text);
  return 0;
}
