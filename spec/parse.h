// Reads OCI documents from JSON text into the structs of config.h. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "spec/config.h"

namespace ocirt::spec {

/// One thing that is wrong with a document.
struct Finding {
  std::string pointer;  // JSON pointer (RFC 6901): "/process/cwd"
  std::string problem;  // "must be an absolute path, is \"tmp\""
  std::string section;  // section of the spec: "config.md#process"; empty where none applies
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// Parts of the text that a Config was read from.
struct SourceSpans {
  std::string_view seccomp;  // the object /linux/seccomp, bytes as they stand; empty when absent
};

/// Reads a whole config.json. Unknown fields are ignored, as the spec demands, and a field that is
/// null is absent. Findings are: wrong types, numbers that don't fit, NUL characters, a key given
/// twice, a REQUIRED field that is missing, and text that is no JSON, which ends the reading.
/// All others are collected before it fails.
///
/// Errors: InvalidConfig, whose text lists every finding on a line of its own.
Result<Config> parse_config(std::string_view json, SourceSpans* spans = nullptr);

/// Reads one `process` object, as `exec --process` gets it.
Result<Process> parse_process(std::string_view json);

/// Reads one `resources` object, as `update --resources` gets it.
Result<Resources> parse_resources(std::string_view json);

/// The Error for a list of findings, which must not be empty: one line each, with pointer, problem
/// and section.
Error findings_error(const std::vector<Finding>& findings);

}  // namespace ocirt::spec
