// Starts the processes that become the container. Runs in: creator.
#include "runtime/stages/spawn_init.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>

#include "runtime/stages/id_maps.h"
#include "runtime/stages/init.h"
#include "runtime/stages/joiner.h"
#include "runtime/stages/net_devices.h"
#include "runtime/stages/protocol.h"
#include "runtime/stages/rdt.h"
#include "runtime/stages/user_namespace_hint.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

sys::CloneOptions clone_options(const plan::CreatePlan& plan, const Handles& held) {
  sys::CloneOptions options{.flags = plan.namespaces.cloned, .cgroup_fd = {}};
  // With offsets it is made by the joiner, or by init.
  if (!plan.namespaces.time_offsets.empty()) options.flags &= ~uint64_t{CLONE_NEWTIME};
  if (plan.cgroup.clone_into) options.cgroup_fd = held.cgroup.v2.get();
  return options;
}

// The joiner clones init as our child and ends; see joiner.cpp.
Result<sys::Child> spawn_by_joiner(InitArguments& arguments, const sys::CloneOptions& options) {
  JoinerArguments joiner_arguments{.init = arguments, .clone = options};
  sys::Child joiner = TRY(sys::spawn(sys::CloneOptions{}, joiner_main, &joiner_arguments));
  arguments.held.init_end.reset();
  const Channel channel(arguments.held.creator_end.get());
  const Channel::Received received = TRY(channel.expect(MessageType::InitPid));
  const pid_t pid = received.message.number;
  sys::Child init(pid, TRY(sys::Pidfd::open(pid)));
  TRY(joiner.wait());
  return init;
}

// The container's network namespace is one that init was born in, or one that init may have yet to
// join: while it waits for us it is still in ours.
Result<> move_net_devices_to(const plan::CreatePlan& plan, const Handles& held, pid_t init) {
  if (plan.net_devices.empty()) return {};
  for (size_t i = 0; i < plan.namespaces.joined.size(); ++i) {
    if (plan.namespaces.joined[i].clone_flag != CLONE_NEWNET) continue;
    return move_net_devices(plan.net_devices, held.namespaces[i].get());
  }
  const UniqueFd born_in =
      TRY(sys::open_at(AT_FDCWD, fmt::format("/proc/{}/ns/net", init).c_str(), O_RDONLY));
  return move_net_devices(plan.net_devices, born_in.get());
}

}  // namespace

Result<sys::Child> spawn_init(const plan::CreatePlan& plan, Handles& held) {
  InitArguments arguments{.plan = plan, .held = held};
  const sys::CloneOptions options = clone_options(plan, held);
  if (plan.namespaces.needs_joiner) return spawn_by_joiner(arguments, options);
  Result<sys::Child> init = sys::spawn(options, init_main, &arguments);
  held.init_end.reset();
  if (!init && (options.flags & CLONE_NEWUSER) != 0) {
    init.error().text = "make a user namespace";
    init.error().hint = user_namespace_hint();
  }
  return init;
}

bool init_waits(const plan::CreatePlan& plan) {
  const bool joins_cgroup = !plan.cgroup.directories.empty() && !plan.cgroup.unit &&
                            !(plan.cgroup.clone_into && plan.cgroup.directories.size() == 1);
  return plan.id_maps.method != plan::IdMapMethod::None || joins_cgroup ||
         !plan.net_devices.empty() || plan.rdt;
}

Result<> prepare_init(const plan::CreatePlan& plan, const Handles& held, const sys::Child& init) {
  if (plan.id_maps.method != plan::IdMapMethod::None) {
    Result<> mapped = write_id_maps(plan.id_maps, init.pid());
    if (!mapped) return std::move(mapped).error().at(name_of(Stage::MapIds));
  }
  if (Result<> entered = enter_cgroup(plan.cgroup, held.cgroup, init.pid()); !entered) {
    return std::move(entered).error().at(name_of(Stage::Cgroup));
  }
  if (plan.rdt) TRY(enter_rdt(rdt_groups(*plan.rdt), init.pid()));
  if (Result<> moved = move_net_devices_to(plan, held, init.pid()); !moved) {
    return std::move(moved).error().at(name_of(Stage::Network));
  }
  if (plan.process.oom_score_adj) {
    TRY(sys::write_existing(AT_FDCWD, fmt::format("/proc/{}/oom_score_adj", init.pid()).c_str(),
                            fmt::format("{}", *plan.process.oom_score_adj)));
  }
  if (!init_waits(plan)) return {};
  // Fails when init has ended already; attend() reads its last words and tells why.
  (void)Channel(held.creator_end.get()).send(MessageType::Proceed);
  return {};
}

}  // namespace ocirt::stages
