// The parts of print_plan(), and how all of them write. Only print_*.cpp use it. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "runtime/plan/names.h"
#include "runtime/plan/plan.h"

namespace ocirt::plan {

/// "MS_REC|MS_SLAVE"; bits that `table` lacks follow as a number.
std::string join_names(uint64_t value, std::span<const NamedValue> table);

/// Lines as /proc/PID/uid_map has them: id in the container, id outside, how many.
std::vector<std::string> lines_of(const std::vector<spec::IdMapping>& map);

/// Writes members of the innermost object, and leaves out what says nothing: false, 0, an empty
/// text or list, an absent value.
class PlanWriter {
 public:
  JsonWriter json{"  "};

  void flag(std::string_view name, bool value) {
    if (value) json.member(name, value);
  }
  void number(std::string_view name, uint64_t value) {
    if (value != 0) json.member(name, value);
  }
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  }
  /// "mode": "0755"
  void octal(std::string_view name, uint32_t value);
  /// "cloned": "CLONE_NEWPID|CLONE_NEWNS"
  void bits(std::string_view name, uint64_t value, std::span<const NamedValue> table) {
    text(name, join_names(value, table));
  }
  void texts(std::string_view name, const std::vector<std::string>& values);
  void paths(std::string_view name, const std::vector<ContainerPath>& values);

  /// "name": { whatever `content` writes }
  void object(std::string_view name, const auto& content) {
    json.key(name);
    json.begin_object();
    content();
    json.end_object();
  }
  /// "name": [ { what `content` writes for a value }, ... ]
  void objects(std::string_view name, const auto& values, const auto& content) {
    if (values.empty()) return;
    json.key(name);
    json.begin_array();
    for (const auto& value : values) {
      json.begin_object();
      content(value);
      json.end_object();
    }
    json.end_array();
  }
};

void print_rootfs(PlanWriter& out, const RootfsPlan& plan);
void print_process(PlanWriter& out, const ProcessPlan& plan);

}  // namespace ocirt::plan
