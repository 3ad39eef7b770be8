// The states of a monitor, and what leads from one to the next, as data. Pure.
#pragma once

#include <optional>
#include <string_view>

namespace ocirt::shim {

/// In the order in which they happen.
enum class State {
  Starting,  // the runtime makes the container
  Created,   // its pid is known, but the engine hasn't been told yet
  Running,   // the engine knows; output, input and signals pass
  Draining,  // the payload has ended; what it wrote is still on its way
  Reported,  // how it ended is on disk: clients may see the end
};

enum class Event {
  RuntimeSucceeded,  // and left a pid
  RuntimeFailed,
  EngineTold,
  PayloadEnded,
  Drained,  // and recorded
};

//   Starting ──RuntimeSucceeded──► Created ──EngineTold──► Running
//      │                                                      │ PayloadEnded
//      └───────RuntimeFailed──────► Reported ◄──Drained── Draining

/// The state that follows; nothing where the event can't happen, which is a bug of ours.
std::optional<State> next_state(State state, Event event);

/// "Starting", ...
std::string_view name_of(State state);

}  // namespace ocirt::shim
