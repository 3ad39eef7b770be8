// The states of a monitor, and what leads from one to the next, as data. Pure.
#include "shim/model/machine.h"

#include <array>
#include <cstddef>

namespace ocirt::shim {
namespace {

struct Step {
  State from;
  Event event;
  State to;
};

constexpr std::array kSteps = {
    Step{State::Starting, Event::RuntimeSucceeded, State::Created},
    Step{State::Starting, Event::RuntimeFailed, State::Reported},
    Step{State::Created, Event::EngineTold, State::Running},
    Step{State::Running, Event::PayloadEnded, State::Draining},
    Step{State::Draining, Event::Drained, State::Reported},
};

constexpr std::array<std::string_view, 5> kNames = {"Starting", "Created", "Running", "Draining",
                                                    "Reported"};

}  // namespace

std::optional<State> next_state(State state, Event event) {
  for (const Step& step : kSteps) {
    if (step.from == state && step.event == event) return step.to;
  }
  return std::nullopt;
}

std::string_view name_of(State state) {
  return kNames[static_cast<size_t>(state)];
}

}  // namespace ocirt::shim
