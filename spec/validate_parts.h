// The parts of validation, one for each file that has them. For validate.cpp.
#pragma once

#include <string_view>

#include "spec/check.h"
#include "spec/config.h"

namespace ocirt::spec {

/// What the container's namespaces allow: whether it has one of its own, made or joined.
class Namespaces {
 public:
  explicit Namespaces(const Config& config);

  [[nodiscard]] bool has(std::string_view type) const { return find(type) != nullptr; }
  [[nodiscard]] bool makes(std::string_view type) const;
  [[nodiscard]] bool joins(std::string_view type) const;

 private:
  [[nodiscard]] const Namespace* find(std::string_view type) const;
  const std::vector<Namespace>* entries_ = nullptr;  // null: none at all
};

void check_process(Checker& check, const Where& where, const Process& process);
void check_linux(Checker& check, const Where& where, const Config& config);
void check_namespaces(Checker& check, const Where& where, const Config& config);
void check_sysctl(Checker& check, const Where& where, const Config& config);
void check_resources(Checker& check, const Where& where, const Resources& resources);
void check_seccomp(Checker& check, const Where& where, const Config& config);

}  // namespace ocirt::spec
