// What main() knows of a verb, and what a verb knows of the command line before it.
#pragma once

#include <span>
#include <string_view>

#include "base/path.h"
#include "base/result.h"
#include "runtime/commands/command_line.h"

namespace ocirt::commands {

/// The options before the verb, understood.
struct Globals {
  HostPath root;  // of the containers' directories
  bool systemd_cgroup = false;
  bool cgroups_disabled = false;
};

/// A verb: its options, how many words it takes, and what it does.
struct Verb {
  std::string_view name;
  std::string_view words;  // "ID [SIGNAL]", for the usage line
  std::string_view help;
  std::span<const Option> options;
  int fewest_words = 0;
  int most_words = 0;            // -1: no limit
  int words_until_command = -1;  // as for parse_line()
  /// Returns the exit status of the program.
  Result<int> (*run)(const Globals& globals, const ParsedLine& line) = nullptr;
};

extern const Verb kCheckpoint;
extern const Verb kCreate;
extern const Verb kDelete;
extern const Verb kDoctor;
extern const Verb kEvents;
extern const Verb kExec;
extern const Verb kFeatures;
extern const Verb kKill;
extern const Verb kList;
extern const Verb kMounts;
extern const Verb kPause;
extern const Verb kPlan;
extern const Verb kPs;
extern const Verb kRestore;
extern const Verb kResume;
extern const Verb kRun;
extern const Verb kSpec;
extern const Verb kStart;
extern const Verb kState;
extern const Verb kUpdate;

}  // namespace ocirt::commands
