// The process that `exec` is to run, from its command line.
#pragma once

#include <array>

#include "base/result.h"
#include "runtime/commands/command_line.h"
#include "spec/config.h"

namespace ocirt::commands {

inline constexpr std::array<Option, 18> kExecOptions = {{
    {.name = "process", .short_name = 'p', .value_name = "FILE", .help = "a process object (JSON)"},
    {.name = "detach", .short_name = 'd', .help = "return when the program runs"},
    {.name = "tty", .short_name = 't', .help = "give it a terminal"},
    {.name = "pid-file", .value_name = "FILE", .help = "write its pid there"},
    {.name = "console-socket", .value_name = "SOCKET", .help = "send the terminal there"},
    {.name = "pidfd-socket", .value_name = "SOCKET", .help = "send a pidfd of it there"},
    {.name = "cwd", .value_name = "DIR", .help = "its working directory"},
    {.name = "env",
     .short_name = 'e',
     .value_name = "NAME=VALUE",
     .help = "add to its environment"},
    {.name = "user", .short_name = 'u', .value_name = "UID[:GID]", .help = "its user"},
    {.name = "additional-gids", .short_name = 'g', .value_name = "GID", .help = "one more group"},
    {.name = "cap", .short_name = 'c', .value_name = "NAME", .help = "one more capability"},
    {.name = "no-new-privs", .help = "set no_new_privs"},
    {.name = "process-label", .value_name = "LABEL", .help = "its SELinux label"},
    {.name = "apparmor", .value_name = "PROFILE", .help = "its AppArmor profile"},
    {.name = "cgroup", .value_name = "PATH", .help = "a cgroup below the container's"},
    {.name = "ignore-paused", .help = "also in a paused container"},
    {.name = "preserve-fds", .value_name = "N", .help = "hand fds 3 to 2+N on to it"},
    {.name = "no-subreaper", .help = "accepted; ocirt never becomes a subreaper"},
}};

/// The process of `--process`, or the container's own with the command and the options of `line`.
/// Errors: InvalidConfig.
Result<spec::Process> exec_process(const ParsedLine& line, const spec::Config& config);

}  // namespace ocirt::commands
