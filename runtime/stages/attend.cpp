// The creator's part while init builds the container. Runs in: creator.
#include "runtime/stages/attend.h"

#include <optional>

#include "base/json_writer.h"
#include "runtime/stages/early_death.h"
#include "runtime/stages/protocol.h"

namespace ocirt::stages {

HookState hook_state(const plan::CreatePlan& plan) {
  return HookState{.oci_version = plan.oci_version,
                   .id = plan.id,
                   .bundle = plan.bundle.text,
                   .annotations = plan.annotations};
}

ListenerRoute listener_route(const plan::SeccompPlan& seccomp, const HookState& state,
                             std::string_view status, pid_t pid) {
  if (seccomp.listener_path.empty()) return {};
  JsonWriter json;
  json.begin_object();
  json.member("ociVersion", state.oci_version);
  json.key("fds");
  json.begin_array();
  json.value("seccompFd");
  json.end_array();
  json.member("pid", pid);
  if (!seccomp.listener_metadata.empty()) json.member("metadata", seccomp.listener_metadata);
  json.key("state");
  json.begin_object();
  json.member("ociVersion", state.oci_version);
  json.member("id", state.id);
  json.member("status", status);
  json.member("pid", pid);
  json.member("bundle", state.bundle);
  json.key("annotations");
  json.begin_object();
  for (const auto& [key, value] : state.annotations) json.member(key, value);
  json.end_object();
  json.end_object();
  json.end_object();
  return ListenerRoute{.socket_path = seccomp.listener_path, .state_json = std::move(json).take()};
}

namespace {

Result<> run_runtime_hooks(const plan::CreatePlan& plan, const HookOutput& output, pid_t pid) {
  const std::string state = print_hook_state(hook_state(plan), "creating", pid);
  TRY(run_hooks("prestart", plan.hooks.prestart, state, output));
  return run_hooks("createRuntime", plan.hooks.create_runtime, state, output);
}

}  // namespace

Result<UniqueFd> attend(const plan::CreatePlan& plan, const Handles& held, sys::Child& init) {
  const Channel channel(held.creator_end.get());
  UniqueFd terminal;
  while (true) {
    std::optional<Channel::Received> received = TRY(channel.receive());
    if (!received) return explain_early_death(plan.cgroup, init);
    switch (received->message.type) {
      case MessageType::RunRuntimeHooks:
        if (Result<> done = run_runtime_hooks(plan, held.hook_output, init.pid()); !done) {
          return std::move(done).error().at(name_of(Stage::RuntimeHooks));
        }
        TRY(channel.send(MessageType::HooksDone));
        break;
      case MessageType::Terminal:
        terminal = std::move(received->fd);
        break;
      case MessageType::SeccompListener:
        TRY(route_listener(
            channel, received->fd.get(),
            listener_route(*plan.seccomp, hook_state(plan), "creating", init.pid())));
        break;
      case MessageType::Ready:
        return terminal;
      case MessageType::Failed:
        return error_in(received->message);
      default:
        return make_error(ErrorKind::Bug, "an unexpected message from init");
    }
  }
}

}  // namespace ocirt::stages
