// NVIDIA_REQUIRE_*: what an image needs of the driver. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::nvidia {

/// A variable of an image: "cuda>=12.9 brand=tesla,driver>=535". A blank means or, a comma and.
struct Requirement {
  std::string variable;  // "NVIDIA_REQUIRE_CUDA"
  std::string expression;
  friend bool operator==(const Requirement&, const Requirement&) = default;
};

/// What the host is in the words of requirements.
struct RequirementFacts {
  std::string driver;  // "580.159.03"
  std::string cuda;    // "13.0"; empty: not known
};

/// The CUDA version that a driver brings, by its branch; empty for branches that are new to us.
std::string cuda_of_driver(std::string_view driver_version);

enum class Verdict {
  Met,
  NotMet,
  Unknown,  // it depends on what only an opened GPU tells: brand, arch
};

/// Errors: InvalidConfig, for an expression that is none.
Result<Verdict> evaluate(const Requirement& requirement, const RequirementFacts& facts);

/// Compares dotted numbers: 12.2 < 12.10, 535 == 535.0. Negative, zero or positive.
int compare_versions(std::string_view left, std::string_view right);

}  // namespace ocirt::nvidia
