// ocirt update: changes the limits of a container that exists.
#include <fmt/core.h>

#include "runtime/commands/update_request.h"
#include "runtime/commands/verb.h"
#include "runtime/plan/update.h"
#include "runtime/stages/cgroup_update.h"
#include "runtime/stages/probe.h"
#include "runtime/stages/rdt.h"
#include "runtime/stages/status.h"
#include "runtime/stages/unit_manager.h"
#include "runtime/store/container_dir.h"
#include "spec/parse.h"
#include "spec/print.h"
#include "sys/file.h"

namespace ocirt::commands {

namespace {

constexpr size_t kLargestConfig = 64 << 20;  // bytes

// The limits in force: those of the last update, or those that the container was made with.
Result<spec::Resources> limits_of(const store::Found& found) {
  Result<std::string> updated =
      sys::read_file(found.directory.get(), store::kResourcesFile, kLargestConfig);
  if (updated) return spec::parse_resources(*updated);
  if (updated.error().kind != ErrorKind::NotFound) return std::move(updated).error();

  const std::string text =
      TRY(sys::read_file(found.directory.get(), store::kConfigFile, kLargestConfig));
  const spec::Config config = TRY(spec::parse_config(text));
  if (!config.linux_ || !config.linux_->resources) return spec::Resources{};
  return *config.linux_->resources;
}

Result<> check_updatable(const store::Found& found) {
  const stages::Live live = TRY(stages::look(found));
  if (live.status == stages::Status::Stopped || live.status == stages::Status::Creating) {
    return make_error(ErrorKind::BadState,
                      fmt::format("cannot update container \"{}\": container not running ({})",
                                  found.state.id, stages::name_of(live.status)));
  }
  if (!found.state.cgroup.empty()) return {};
  return make_error(ErrorKind::Unsupported,
                    fmt::format("cannot update container \"{}\": it has no cgroup of its own, so "
                                "it can't have limits",
                                found.state.id));
}

Result<int> update(const Globals& globals, const ParsedLine& line) {
  TRY(store::check_id(line.words[0]));
  // Before the lock: stdin may take its time.
  const UpdateRequest request = TRY(update_request(line));
  // Another update must not come between our reading of the limits and our writing.
  const store::ContainerDir directory =
      TRY(store::ContainerDir::open_locked(globals.root, line.words[0]));
  const store::Found found = TRY(store::find(globals.root, line.words[0]));
  TRY(check_updatable(found));
  const spec::Resources old = TRY(limits_of(found));

  const plan::HostFacts host = TRY(stages::probe_host());
  const plan::CgroupView view = {.facts = host.cgroup,
                                 .directories = found.state.cgroup,
                                 .privileged = plan::is_privileged(host)};
  const plan::CurrentValues current = stages::read_current_values(found.state.cgroup);
  const plan::UpdatePlan plan = TRY(plan::decide_update(old, request.resources, current, view));
  // The unit first: systemd hands down what it needs for that, and its limits bind ours.
  TRY(stages::update_unit(found.state.unit, plan.writes));
  TRY(stages::update_cgroup(found.state.cgroup, plan));
  TRY(stages::update_unit(found.state.unit, plan.writes));
  TRY(sys::replace_file(directory.fd(), store::kResourcesFile,
                        spec::print_resources(plan.resources), 0600));
  TRY(stages::update_rdt(found.state.rdt, request.schemata));
  return 0;
}

}  // namespace

const Verb kUpdate = {.name = "update",
                      .words = "ID",
                      .help = "change the limits of a container",
                      .options = kUpdateOptions,
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = update};

}  // namespace ocirt::commands
