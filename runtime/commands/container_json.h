// A container as JSON, as `state` and `list` print it.
#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "runtime/stages/status.h"
#include "runtime/store/state.h"

namespace ocirt::commands {

/// The state object of runtime.md#state, with the fields that runc and crun add. The pid of a
/// stopped container is 0.
void write_container(JsonWriter& json, const store::State& state, stages::Status status,
                     std::string_view owner);

}  // namespace ocirt::commands
