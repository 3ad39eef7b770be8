// The options before the verb.
#pragma once

#include <array>

#include "base/result.h"
#include "runtime/commands/command_line.h"
#include "runtime/commands/verb.h"

namespace ocirt::commands {

inline constexpr std::array<Option, 12> kGlobalOptions = {{
    {.name = "root", .value_name = "DIR", .help = "where containers are kept (/run/ocirt)"},
    {.name = "log",
     .value_name = "FILE",
     .help = "append errors to this file, syslog:NAME or journald:NAME"},
    {.name = "log-format", .value_name = "FORMAT", .help = "of the log file: text or json"},
    {.name = "log-level", .value_name = "LEVEL", .help = "error, warning or debug"},
    {.name = "debug", .help = "the same as --log-level debug"},
    {.name = "systemd-cgroup", .help = "let systemd manage the cgroup"},
    {.name = "cgroup-manager", .value_name = "NAME", .help = "cgroupfs, systemd or disabled"},
    {.name = "rootless", .value_name = "VALUE", .help = "accepted; found out by itself"},
    {.name = "criu", .value_name = "PATH", .help = "accepted and ignored, as runc does"},
    {.name = "version", .short_name = 'v', .help = "show the version"},
    {.name = "V", .help = "the same as --version"},
    {.name = "help", .short_name = 'h', .help = "show this help"},
}};

/// Reads the global options, and opens the log as they ask.
/// Errors: InvalidConfig for a value that isn't known.
Result<Globals> understand_globals(const ParsedLine& line);

}  // namespace ocirt::commands
