// The network of a container: made when its init waits to be started, and taken down when it has
// gone.
#include "frontend/network/network.h"

#include <utility>

#include "frontend/network/bridge.h"
#include "frontend/network/files.h"
#include "frontend/network/helper.h"
#include "frontend/network/pasta.h"
#include "frontend/network/slirp4netns.h"
#include "frontend/network/state.h"

namespace ocirt::network {

namespace {

// Kinds that somebody has to be asked for.
bool is_made(const std::string& kind) {
  return kind == "pasta" || kind == "slirp4netns" || kind == "bridge";
}

Result<> make(const model::Record& record, const Directories& where, pid_t init,
              NetworkState& state) {
  if (state.kind == "pasta") return attach_pasta(record, where, init, state);
  if (state.kind == "slirp4netns") return attach_slirp4netns(record, where, init, state);
  return attach_bridge(record, where, init, state);
}

}  // namespace

Result<NetworkState> attach(const model::Record& record, const Directories& where, pid_t init) {
  NetworkState state{.kind = record.network};
  if (!is_made(state.kind)) return state;
  Result<> made = make(record, where, init, state);
  if (made) made = save_state(state, where);
  if (made) made = write_names(record, where, &state);
  if (made) return state;
  // The reason that is told is the first one.
  (void)save_state(state, where);
  (void)detach(record, where);
  return std::move(made).error();
}

Result<> detach(const model::Record& record, const Directories& where) {
  const std::optional<NetworkState> state = find_state(where);
  if (!state) return {};
  Result<> stopped = stop_helper(*state);
  if (state->kind == "bridge") {
    if (Result<> down = detach_bridge(record, where, *state); !down) stopped = std::move(down);
  }
  if (stopped) remove_state(where);
  return stopped;
}

}  // namespace ocirt::network
