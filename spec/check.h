// What the checks of a Config share: where in the document they are, what they found, and the
// questions that many fields are asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec/config.h"
#include "spec/parse.h"

namespace ocirt::spec {

/// A place in the document, as a list of steps from it up to the root. Its pointer is put together
/// only when something is wrong there: every start of a container is checked, and nearly all pass.
class Where {
 public:
  explicit Where(std::string_view section) : section_(section) {}

  /// The member `key`, described by `section` where it has one of its own. Refers to *this.
  [[nodiscard]] Where at(std::string_view key, std::string_view section = {}) const& {
    return {this, key, 0, section.empty() ? section_ : section};
  }
  /// The element `index` of an array. Refers to *this.
  [[nodiscard]] Where at(size_t index) const& { return {this, {}, index, section_}; }
  Where at(std::string_view key, std::string_view section = {}) const&& = delete;
  Where at(size_t index) const&& = delete;

  [[nodiscard]] std::string pointer() const;
  [[nodiscard]] std::string_view section() const { return section_; }

 private:
  Where(const Where* parent, std::string_view key, size_t index, std::string_view section)
      : parent_(parent), key_(key), index_(index), section_(section) {}

  const Where* parent_ = nullptr;  // null: the root
  std::string_view key_;           // data() is null for an element of an array
  size_t index_ = 0;
  std::string_view section_;
};

/// Collects what is wrong.
class Checker {
 public:
  void report(const Where& where, std::string problem);
  [[nodiscard]] std::vector<Finding> take() && { return std::move(findings_); }

  void check_absolute(const Where& where, std::string_view path);
  void check_known(const Where& where, std::string_view value,
                   std::span<const std::string_view> known);
  void check_all_known(const Where& where, const std::vector<std::string>& values,
                       std::span<const std::string_view> known);
  void check_range(const Where& where, int64_t value, int64_t low, int64_t high);
  /// "0-3,7"
  void check_number_list(const Where& where, std::string_view list);
  /// "NAME=value", as in an environment
  void check_env(const Where& where, const std::vector<std::string>& env);
  /// Ids that the kernel can map: each side free of overlaps, none beyond 2^32 - 2.
  void check_mappings(const Where& where, const std::vector<IdMapping>& mappings);
  /// A name that the kernel gives to a network interface.
  void check_interface_name(const Where& where, std::string_view name);
  void check_one_line(const Where& where, std::string_view text);

 private:
  std::vector<Finding> findings_;
};

/// Whether the string is there and says something: engines written in Go leave out an empty one, so
/// that the two mean the same.
inline bool is_given(const std::optional<std::string>& text) {
  return text && !text->empty();
}

/// Whether `path` has `..` among its components.
bool has_parent_step(std::string_view path);

}  // namespace ocirt::spec
