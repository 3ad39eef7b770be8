// ocirt checkpoint: writes a container that runs into files.
#include "runtime/stages/checkpoint.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "runtime/commands/criu_options.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/remove.h"
#include "runtime/stages/status.h"
#include "spec/parse.h"
#include "sys/file.h"

namespace ocirt::commands {

namespace {

constexpr size_t kLargestConfig = 64 << 20;

constexpr std::array<Option, 6> kOwnOptions = {{
    {.name = "leave-running", .help = "the container runs on"},
    {.name = "pre-dump", .help = "only memory, ahead of the checkpoint; the container runs on"},
    {.name = "tcp-skip-in-flight", .help = "TCP connections that are being made are left out"},
    {.name = "link-remap", .help = "files that were deleted get a name again"},
    {.name = "page-server",
     .value_name = "ADDRESS:PORT",
     .help = "memory goes to `criu page-server`"},
    {.name = "status-fd", .value_name = "N", .help = "not supported: an error"},
}};

constexpr auto checkpoint_options() {
  std::array<Option, kCriuOptions.size() + kOwnOptions.size()> options{};
  auto* const end = std::copy(kCriuOptions.begin(), kCriuOptions.end(), options.begin());
  std::copy(kOwnOptions.begin(), kOwnOptions.end(), end);
  return options;
}
constexpr auto kOptions = checkpoint_options();

Result<> check_running(stages::Status status, const std::string& id) {
  if (status == stages::Status::Running || status == stages::Status::Paused) return {};
  return make_error(ErrorKind::BadState, fmt::format("cannot checkpoint container \"{}\": it is {}",
                                                     id, stages::name_of(status)));
}

Result<int> checkpoint(const Globals& globals, const ParsedLine& line) {
  const std::string& id = line.words[0];
  TRY(store::check_id(id));
  stages::CheckpointRequest request;
  request.options = TRY(criu_options(line));
  request.images = TRY(image_path(line));
  request.work = TRY(work_path(line));

  // Nobody deletes or starts it meanwhile.
  store::ContainerDir dir = TRY(store::ContainerDir::open_locked(globals.root, id));
  const store::Found found = TRY(store::find(globals.root, id));
  const stages::Live live = TRY(stages::look(found));
  TRY(check_running(live.status, id));
  const std::string text = TRY(sys::read_file(dir.fd(), store::kConfigFile, kLargestConfig));
  const spec::Config config = TRY(spec::parse_config(text));
  if (Result<> done = stages::checkpoint(request, found.state, live, config); !done) {
    Error error = std::move(done).error();
    error.text = fmt::format("checkpoint \"{}\": {}", id, error.text);
    return error;
  }
  if (request.options.leave_running || request.options.pre_dump) return 0;
  // Its processes are gone: as with runc and crun, so is the container.
  TRY(stages::remove_container(dir, found.state));
  return 0;
}

}  // namespace

const Verb kCheckpoint = {.name = "checkpoint",
                          .words = "ID",
                          .help = "write a running container into files",
                          .options = kOptions,
                          .fewest_words = 1,
                          .most_words = 1,
                          .run = checkpoint};

}  // namespace ocirt::commands
