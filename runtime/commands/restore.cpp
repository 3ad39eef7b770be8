// ocirt restore: makes a container of what `checkpoint` wrote.
#include "runtime/stages/restore.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "runtime/commands/create_request.h"
#include "runtime/commands/criu_options.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/attached.h"
#include "runtime/stages/remove.h"

namespace ocirt::commands {

namespace {

constexpr std::array<Option, 4> kOwnOptions = {{
    {.name = "detach", .short_name = 'd', .help = "return when the program runs"},
    {.name = "tcp-close", .help = "TCP connections that were open are closed"},
    {.name = "lsm-profile",
     .value_name = "TYPE:NAME",
     .help = "another AppArmor or SELinux profile"},
    {.name = "lsm-mount-context", .value_name = "LABEL", .help = "another SELinux label of mounts"},
}};

constexpr auto restore_options() {
  constexpr size_t kCount = kCreateOptions.size() + kCriuOptions.size() + kOwnOptions.size();
  std::array<Option, kCount> options{};
  auto* end = std::copy(kCreateOptions.begin(), kCreateOptions.end(), options.begin());
  end = std::copy(kCriuOptions.begin(), kCriuOptions.end(), end);
  std::copy(kOwnOptions.begin(), kOwnOptions.end(), end);
  return options;
}
constexpr auto kOptions = restore_options();

Result<int> restore(const Globals& globals, const ParsedLine& line) {
  const bool detached = line.flag("detach");
  stages::RestoreRequest request;
  request.options = TRY(criu_options(line));
  request.create = TRY(create_request(globals, line, detached));
  // What the dumped process told systemd, it has told.
  request.create.options.notify_directory = {};
  request.images = TRY(image_path(line));
  request.work = TRY(work_path(line));
  if (!detached) stages::hold_signals();
  Result<stages::Restored> result = stages::restore(request);
  if (!result) {
    Error error = std::move(result).error();
    error.text = fmt::format("restore \"{}\": {}", line.words[0], error.text);
    return error;
  }
  stages::Restored restored = std::move(*result);
  restored.dir.unlock();
  if (detached) {
    restored.init.release();
    return 0;
  }
  const int status = TRY(stages::stay_attached(restored.init, std::move(restored.terminal)));
  // Somebody else may have deleted it already.
  if (TRY(restored.dir.lock_again())) {
    TRY(stages::remove_container(restored.dir, restored.state));
  }
  return status;
}

}  // namespace

const Verb kRestore = {.name = "restore",
                       .words = "ID",
                       .help = "make a container of what checkpoint wrote",
                       .options = kOptions,
                       .fewest_words = 1,
                       .most_words = 1,
                       .run = restore};

}  // namespace ocirt::commands
