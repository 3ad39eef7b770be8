// Feeds any text to the reader of config.json and holds it to what it promises.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "spec/load.h"
#include "spec/parse.h"
#include "spec/print.h"
#include "spec/validate.h"

namespace ocirt::spec {
namespace {

void expect(bool holds, const char* promise) {
  if (holds) return;
  (void)std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

void check_spans(const Config& config, std::string_view seccomp) {
  const bool has_seccomp = config.linux_ && config.linux_->seccomp;
  expect(has_seccomp == !seccomp.empty(), "the profile's text is there if the profile is");
  if (!has_seccomp) return;
  const std::string json =
      R"({"ociVersion": "1.3.0", "root": {"path": "/"}, "linux": {"seccomp": )" +
      std::string(seccomp) + "}}";
  Result<Config> alone = parse_config(json);
  expect(alone && alone->linux_->seccomp == config.linux_->seccomp,
         "the profile's text is that of the profile");
}

void check_config(std::string_view json) {
  SourceSpans spans;
  Result<Config> config = parse_config(json, &spans);
  Result<Config> loaded = load_config(json);
  if (!config) {
    expect(!config.error().text.empty(), "a failure has a finding");
    expect(!loaded, "what can't be parsed can't be loaded");
    return;
  }
  const bool is_valid = find_problems(*config).empty();
  expect(is_valid == bool(loaded), "what is loaded is what is parsed and valid");

  const std::string printed = print_config(*config);
  Result<Config> back = parse_config(printed);
  expect(back && *back == *config, "what is printed reads back the same");
  check_spans(*config, spans.seccomp);
}

}  // namespace
}  // namespace ocirt::spec

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  ocirt::spec::check_config(json);
  if (ocirt::Result<ocirt::spec::Process> process = ocirt::spec::parse_process(json)) {
    (void)ocirt::spec::find_problems(*process);
  }
  if (ocirt::Result<ocirt::spec::Resources> resources = ocirt::spec::parse_resources(json)) {
    (void)ocirt::spec::find_problems(*resources);
  }
  return 0;
}
