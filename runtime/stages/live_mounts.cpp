// Adds mounts to a container that runs, and takes them away. Runs in: the `mounts` process.
#include "runtime/stages/live_mounts.h"

#include <sched.h>

#include <optional>
#include <tuple>

#include "runtime/stages/gate.h"
#include "runtime/stages/live_mounts_joiner.h"
#include "runtime/stages/rootfs_builder.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

// The container's pid namespace is not joined, and so nobody in it can see or trace the joiner.
constexpr uint64_t kJoined =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

Result<> run_joiner(LiveMountsArguments& arguments, const store::State& state,
                    const sys::Pidfd& init) {
  if ((state.namespaces & CLONE_NEWNS) == 0) {
    return make_error(ErrorKind::Unsupported,
                      "the container has no mount namespace of its own: its mounts are the host's");
  }
  arguments.namespaces = state.namespaces & kJoined;
  arguments.container_init = init.get();
  std::tie(arguments.creator_end, arguments.joiner_end) = TRY(sys::packet_pair());
  sys::Child joiner = TRY(sys::spawn(sys::CloneOptions{}, live_mounts_joiner_main, &arguments));
  arguments.joiner_end.reset();
  const Channel channel(arguments.creator_end.get());
  TRY(channel.expect(MessageType::Ready));
  TRY(joiner.wait());
  return {};
}

}  // namespace

Result<> add_mounts(const plan::RootfsPlan& plan, const store::State& state,
                    const sys::Pidfd& init) {
  RootfsHandles held;
  TRY(acquire_sources(plan, held));
  LiveMountsArguments arguments{.plan = &plan, .held = &held};
  return run_joiner(arguments, state, init);
}

Result<> remove_mounts(const std::vector<ContainerPath>& destinations, const store::State& state,
                       const sys::Pidfd& init) {
  LiveMountsArguments arguments{.destinations = destinations};
  return run_joiner(arguments, state, init);
}

}  // namespace ocirt::stages
