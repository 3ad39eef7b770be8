// The middle process that joins namespaces before init is cloned. Runs in: joiner.
//
// It is needed where init can't join by itself: setns(2) into a pid or time namespace only takes
// effect for children, and a process in a new user namespace has no right to join the others.
#include "runtime/stages/joiner.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "runtime/stages/protocol.h"
#include "runtime/stages/steps.h"
#include "sys/file.h"

namespace ocirt::stages {

Result<> join_namespaces(const plan::NamespacePlan& plan, const std::vector<UniqueFd>& held) {
  for (size_t i = 0; i < plan.joined.size(); ++i) {
    if (::setns(held[i].get(), static_cast<int>(plan.joined[i].clone_flag)) < 0) {
      return last_error(fmt::format("join namespace \"{}\"", plan.joined[i].path.text));
    }
  }
  return {};
}

// A time namespace takes its offsets only while nobody lives in it (time_namespaces(7)): it is made
// for our next child.
Result<> make_time_namespace(const plan::NamespacePlan& plan) {
  if (plan.time_offsets.empty()) return {};
  if (::unshare(CLONE_NEWTIME) < 0) return last_error("make a time namespace");
  std::string lines;
  for (const plan::TimeOffset& offset : plan.time_offsets) {
    lines += fmt::format("{} {} {}\n", offset.clock, offset.seconds, offset.nanoseconds);
  }
  return sys::write_existing(AT_FDCWD, "/proc/self/timens_offsets", lines);
}

Result<> enter_time_namespace(const plan::NamespacePlan& plan) {
  if (plan.time_offsets.empty()) return {};
  TRY(make_time_namespace(plan));
  const UniqueFd made = TRY(sys::open_at(AT_FDCWD, "/proc/self/ns/time_for_children", O_RDONLY));
  if (::setns(made.get(), CLONE_NEWTIME) < 0) return last_error("enter the time namespace");
  return {};
}

void joiner_main(void* arguments) noexcept {
  InitArguments& init = static_cast<JoinerArguments*>(arguments)->init;
  let_go_of_creator(init.held);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // fails for no valid signal
  (void)::prctl(PR_SET_NAME, "ocirt:join");
  const Channel creator(init.held.init_end.get());
  const Steps step(creator);
  step(Stage::Join, [&]() -> Result<> {
    TRY(join_namespaces(init.plan.namespaces, init.held.namespaces));
    TRY(make_time_namespace(init.plan.namespaces));
    const sys::CloneOptions& options = static_cast<JoinerArguments*>(arguments)->clone;
    const pid_t pid = TRY(sys::spawn_sibling(options, init_main, &init));
    return creator.send(MessageType::InitPid, pid);
  });
  _exit(0);
}

}  // namespace ocirt::stages
