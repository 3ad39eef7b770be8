// The runtime's verbs, called by its command line.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/containers/places.h"
#include "sys/process.h"

namespace ocirt::containers {

/// `Error::stage` of what the runtime said: such errors mean 126 or 127.
inline constexpr std::string_view kRuntimeStage = "runtime";

/// What the runtime knows of a container.
struct RuntimeState {
  std::string status;  // "creating", "created", "running", "paused" or "stopped"
  pid_t pid = 0;
};

class Runtime {
 public:
  Runtime(Programs programs, const Roots& roots)
      : programs_(std::move(programs)), state_root_(roots.runtime_state()) {}

  [[nodiscard]] const Programs& programs() const { return programs_; }
  /// What comes before a verb: --root.
  [[nodiscard]] std::vector<std::string> global_words() const { return {"--root", state_root_}; }

  /// Errors: NotFound when the runtime knows no such container.
  [[nodiscard]] Result<RuntimeState> state(const std::string& id) const;
  /// A call under way.
  struct Call {
    UniqueFd output;  // memory files
    UniqueFd errors;
    sys::Child child;
  };
  /// Asks for all containers. There is other work to do before the answer is read.
  [[nodiscard]] Result<Call> start_list() const;
  /// The answer, by id.
  [[nodiscard]] Result<std::map<std::string, RuntimeState>> finish_list(Call call) const;

  /// `verb` and its words: "start ID", "kill ID 15", "pause ID". Errors: what it wrote to stderr,
  /// with kRuntimeStage.
  [[nodiscard]] Result<> call(const std::vector<std::string>& words) const;
  /// The same for verbs that answer: what it wrote to stdout.
  [[nodiscard]] Result<std::string> output_of(const std::vector<std::string>& words) const;

 private:
  [[nodiscard]] Result<Call> start(const std::vector<std::string>& words) const;
  [[nodiscard]] Result<std::string> finish(Call call) const;

  Programs programs_;
  std::string state_root_;
};

/// An error from what the runtime wrote: without its name, with its hint as ours.
Error runtime_error(std::string_view text);

/// 125, or 126 and 127 as podman derives them from what the runtime said.
int status_of(const Error& error);

/// Our environment, for programs of ours.
std::vector<std::string> own_environment();

}  // namespace ocirt::containers
