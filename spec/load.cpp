// Reads and checks a config.json in one go. Pure.
#include "spec/load.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "spec/reader.h"
#include "spec/schema.h"
#include "spec/validate.h"

namespace ocirt::spec {

namespace {

bool is_at_or_below(std::string_view pointer, std::string_view parent) {
  return pointer.starts_with(parent) &&
         (pointer.size() == parent.size() || pointer[parent.size()] == '/');
}

/// The smallest part of the document that the reader couldn't take as a whole. An element of an
/// array that it left out moves those behind it, so that is the array.
std::string_view damaged_part(const Finding& finding) {
  const std::string_view pointer = finding.pointer;
  const size_t slash = pointer.rfind('/');
  if (slash == std::string_view::npos) return pointer;
  const std::string_view last = pointer.substr(slash + 1);
  const bool is_index = last.find_first_not_of("0123456789") == std::string_view::npos;
  return is_index ? pointer.substr(0, slash) : pointer;
}

/// Whether `problem` may only be there because the reader left out what `finding` is about.
bool may_follow_from(const Finding& problem, const Finding& finding) {
  const std::string_view damaged = damaged_part(finding);
  return is_at_or_below(problem.pointer, damaged) || is_at_or_below(damaged, problem.pointer);
}

}  // namespace

Result<Config> load_config(std::string_view json, SourceSpans* spans) {
  Config config;
  SourceSpans found;
  std::vector<Finding> findings = read_config(json, config, found);
  // Each but the last is about a value; the last may be about the text, and then the rest of the
  // document is unknown.
  const bool is_whole = findings.empty() || !findings.back().pointer.empty();
  if (is_whole) {
    const size_t of_reader = findings.size();
    for (Finding& problem : find_problems(config)) {
      const bool is_new =
          std::none_of(findings.begin(), findings.begin() + static_cast<ptrdiff_t>(of_reader),
                       [&](const Finding& finding) { return may_follow_from(problem, finding); });
      if (is_new) findings.push_back(std::move(problem));
    }
  }
  if (!findings.empty()) return findings_error(findings);
  if (spans != nullptr) *spans = found;
  return config;
}

}  // namespace ocirt::spec
