// What the checks of a Config share: where in the document they are, what they found, and the
// questions that many fields are asked.
#include "spec/check.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "spec/findings.h"

namespace ocirt::spec {

namespace {

/// Takes a number off the front of `text`.
std::optional<uint32_t> take_number(std::string_view& text) {
  uint32_t number = 0;
  const std::from_chars_result result =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc()) return {};
  text.remove_prefix(static_cast<size_t>(result.ptr - text.data()));
  return number;
}

bool is_number_list(std::string_view list) {
  while (true) {
    const std::optional<uint32_t> first = take_number(list);
    if (!first) return false;
    if (list.starts_with('-')) {
      list.remove_prefix(1);
      const std::optional<uint32_t> last = take_number(list);
      if (!last || *last < *first) return false;
    }
    if (list.empty()) return true;
    if (list[0] != ',') return false;
    list.remove_prefix(1);
  }
}

bool overlap(uint32_t first, uint32_t first_size, uint32_t second, uint32_t second_size) {
  return uint64_t{first} < uint64_t{second} + second_size &&
         uint64_t{second} < uint64_t{first} + first_size;
}

}  // namespace

std::string Where::pointer() const {
  if (parent_ == nullptr) return "";
  std::string pointer = parent_->pointer();
  if (key_.data() == nullptr) {
    append_step(pointer, index_);
  } else {
    append_step(pointer, key_);
  }
  return pointer;
}

void Checker::report(const Where& where, std::string problem) {
  findings_.push_back({where.pointer(), std::move(problem), std::string(where.section())});
}

void Checker::check_absolute(const Where& where, std::string_view path) {
  if (path.starts_with('/')) return;
  report(where, "must be an absolute path, is " + quoted(path));
}

void Checker::check_known(const Where& where, std::string_view value,
                          std::span<const std::string_view> known) {
  if (std::ranges::find(known, value) != known.end()) return;
  std::string names;
  for (const std::string_view name : known) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  report(where, "must be one of " + names + "; is " + quoted(value));
}

void Checker::check_all_known(const Where& where, const std::vector<std::string>& values,
                              std::span<const std::string_view> known) {
  for (size_t i = 0; i < values.size(); i++) check_known(where.at(i), values[i], known);
}

void Checker::check_range(const Where& where, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value <= high) return;
  report(where, "must be from " + std::to_string(low) + " to " + std::to_string(high) + ", is " +
                    std::to_string(value));
}

void Checker::check_number_list(const Where& where, std::string_view list) {
  if (is_number_list(list)) return;
  report(where, "must be a list of numbers and ranges such as 0-3,7; is " + quoted(list));
}

void Checker::check_env(const Where& where, const std::vector<std::string>& env) {
  for (size_t i = 0; i < env.size(); i++) {
    // An entry may be a secret whose name is missing, so it is not shown.
    const size_t equals = env[i].find('=');
    if (equals == std::string::npos) report(where.at(i), "must be NAME=value, has no \"=\"");
    if (equals == 0) report(where.at(i), "must be NAME=value, has no name");
  }
}

void Checker::check_mappings(const Where& where, const std::vector<IdMapping>& mappings) {
  // The kernel takes that many lines (user_namespaces(7)).
  constexpr size_t kMaxMappings = 340;
  if (mappings.size() > kMaxMappings) {
    report(where, "must have at most 340 entries, has " + std::to_string(mappings.size()));
    return;
  }
  for (size_t i = 0; i < mappings.size(); i++) {
    const IdMapping& mapping = mappings[i];
    const Where entry = where.at(i);
    if (mapping.size == 0) {
      report(entry.at("size"), "must be at least 1, is 0");
      continue;
    }
    // 4294967295 is (uid_t)-1, which is no id.
    const uint64_t room = UINT32_MAX - uint64_t{std::max(mapping.container_id, mapping.host_id)};
    if (mapping.size > room) {
      report(entry.at("size"),
             "must not reach beyond the id 4294967294, is " + std::to_string(mapping.size));
    }
    for (size_t j = 0; j < i; j++) {
      const IdMapping& other = mappings[j];
      const bool inside =
          overlap(mapping.container_id, mapping.size, other.container_id, other.size);
      const bool outside = overlap(mapping.host_id, mapping.size, other.host_id, other.size);
      if (!inside && !outside) continue;
      report(entry, std::string("must not map ") + (inside ? "container" : "host") +
                        " ids that entry " + std::to_string(j) + " maps already");
    }
  }
}

void Checker::check_interface_name(const Where& where, std::string_view name) {
  constexpr size_t kMaxLength = 15;  // IFNAMSIZ with its NUL is 16
  const bool is_name = !name.empty() && name.size() <= kMaxLength && name != "." && name != ".." &&
                       name.find_first_of("/: \t\n\v\f\r") == std::string_view::npos;
  if (is_name) return;
  report(where,
         "must be the name of a network interface: 1 to 15 characters without \"/\", \":\" "
         "and spaces; is " +
             quoted(name));
}

void Checker::check_one_line(const Where& where, std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return;
  report(where, "must be a single line, is " + quoted(text));
}

bool has_parent_step(std::string_view path) {
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    if (path.substr(0, slash) == "..") return true;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return false;
}

}  // namespace ocirt::spec
