// Evaluates NVIDIA_REQUIRE_*. Pure.
#include "hooks/nvidia/plan/requirement.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

struct Branch {
  uint32_t driver;
  std::string_view cuda;
};
// NVIDIA's CUDA Toolkit release notes, table "CUDA Toolkit and Corresponding Driver Versions".
constexpr Branch kBranches[] = {
    {470, "11.4"}, {510, "11.6"}, {515, "11.7"}, {520, "11.8"}, {525, "12.0"}, {530, "12.1"},
    {535, "12.2"}, {545, "12.3"}, {550, "12.4"}, {555, "12.5"}, {560, "12.6"}, {565, "12.7"},
    {570, "12.8"}, {575, "12.9"}, {580, "13.0"}, {590, "13.1"}, {595, "13.2"}, {610, "13.3"}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_version(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '.');
  return std::all_of(parts.begin(), parts.end(),
                     [](std::string_view part) { return parse_decimal(part).has_value(); });
}

// The longer ones first: "<" begins "<=".
constexpr std::array<std::string_view, 6> kOperators = {"!=", "<=", ">=", "=", "<", ">"};

struct Term {
  std::string_view property;
  std::string_view op;
  std::string_view value;
};

std::optional<Term> parse_term(std::string_view text) {
  const size_t at = text.find_first_of("!<>=");
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  for (const std::string_view op : kOperators) {
    if (!text.substr(at).starts_with(op)) continue;
    const Term term{text.substr(0, at), op, text.substr(at + op.size())};
    if (term.value.empty()) return std::nullopt;
    return term;
  }
  return std::nullopt;
}

bool holds(std::string_view op, int order) {
  if (op == "=") return order == 0;
  if (op == "!=") return order != 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">") return order > 0;
  return order >= 0;
}

Verdict judge(const Term& term, const RequirementFacts& facts) {
  const bool is_cuda = term.property == "cuda";
  if (!is_cuda && term.property != "driver") return Verdict::Unknown;  // brand, arch, and new ones
  const std::string& ours = is_cuda ? facts.cuda : facts.driver;
  if (ours.empty()) return Verdict::Unknown;
  return holds(term.op, compare_versions(ours, term.value)) ? Verdict::Met : Verdict::NotMet;
}

}  // namespace

int compare_versions(std::string_view left, std::string_view right) {
  const std::vector<std::string_view> ours = split(left, '.');
  const std::vector<std::string_view> theirs = split(right, '.');
  for (size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    const uint32_t a = i < ours.size() ? parse_decimal(ours[i]).value_or(0) : 0;
    const uint32_t b = i < theirs.size() ? parse_decimal(theirs[i]).value_or(0) : 0;
    if (a != b) return a < b ? -1 : 1;
  }
  return 0;
}

std::string cuda_of_driver(std::string_view driver_version) {
  const auto branch = parse_decimal(driver_version.substr(0, driver_version.find('.')));
  if (!branch || *branch < kBranches[0].driver) return {};
  std::string_view cuda;
  for (const Branch& known : kBranches) {
    if (known.driver <= *branch) cuda = known.cuda;
  }
  // Of a branch beyond the table it is known that it can do what the last one can.
  return std::string(cuda);
}

Result<Verdict> evaluate(const Requirement& requirement, const RequirementFacts& facts) {
  bool is_unknown = false;
  bool is_empty = true;
  for (const std::string_view alternative : words_of(requirement.expression)) {
    is_empty = false;
    Verdict verdict = Verdict::Met;
    for (const std::string_view text : split(alternative, ',')) {
      const std::optional<Term> term = parse_term(text);
      const bool compares_versions =
          term && (term->property == "cuda" || term->property == "driver");
      if (!term || (compares_versions && !is_version(term->value))) {
        return make_error(ErrorKind::InvalidConfig,
                          fmt::format("{}: \"{}\" is no requirement, such as \"cuda>=12.2\"",
                                      requirement.variable, text));
      }
      const Verdict one = judge(*term, facts);
      if (one == Verdict::NotMet) {
        verdict = Verdict::NotMet;
      } else if (one == Verdict::Unknown && verdict == Verdict::Met) {
        verdict = Verdict::Unknown;
      }
    }
    if (verdict == Verdict::Met) return Verdict::Met;
    is_unknown = is_unknown || verdict == Verdict::Unknown;
  }
  if (is_empty) return Verdict::Met;
  return is_unknown ? Verdict::Unknown : Verdict::NotMet;
}

}  // namespace ocirt::nvidia
