// policy.json: which images may be pulled at all. What can't be verified here is refused.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "frontend/registry/reference.h"

namespace ocirt::registry {

/// Whether the policy lets the image in. `text` is policy.json. Errors: InvalidConfig for a policy
/// that isn't understood as a whole; Denied for what it rejects, and for signatures that it
/// demands: none can be verified here (fail closed).
Result<> check_policy(std::string_view text, const Reference& reference);

/// The text of the policy that applies: `file`, or the user's, or the system's. Errors: Denied if
/// there is none.
Result<std::string> load_policy(const std::string& file);

}  // namespace ocirt::registry
