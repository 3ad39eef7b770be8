// Reads OCI documents from JSON text into the structs of config.h. Pure.
#include "spec/parse.h"

#include "spec/overlay_root.h"
#include "spec/reader.h"
#include "spec/schema.h"

namespace ocirt::spec {

namespace {

template <typename Document>
Result<Document> parse(std::string_view json, const Type& type, std::string_view section) {
  Document document;
  const std::vector<Finding> findings =
      read_document(json, {.type = type, .place = &document, .section = section});
  if (!findings.empty()) return findings_error(findings);
  return document;
}

}  // namespace

std::vector<Finding> read_config(std::string_view json, Config& config, SourceSpans& spans) {
  return read_document(json, {.type = config_type(),
                              .place = &config,
                              .section = "config.md",
                              .spanned = &seccomp_type(),
                              .span = &spans.seccomp});
}

Result<Config> parse_config(std::string_view json, SourceSpans* spans) {
  Config config;
  SourceSpans found;
  const std::vector<Finding> findings = read_config(json, config, found);
  if (!findings.empty()) return findings_error(findings);
  if (spans != nullptr) *spans = found;
  return config;
}

Result<Process> parse_process(std::string_view json) {
  return parse<Process>(json, process_type(), "config.md#process");
}

Result<Resources> parse_resources(std::string_view json) {
  return parse<Resources>(json, resources_type(), "config-linux.md#control-groups");
}

Result<OverlayRoot> parse_overlay_root(std::string_view json) {
  return parse<OverlayRoot>(json, overlay_root_type(), "");
}

}  // namespace ocirt::spec
