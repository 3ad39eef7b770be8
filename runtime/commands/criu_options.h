// What `checkpoint` and `restore` have in common on their command lines.
#pragma once

#include <array>

#include "base/path.h"
#include "base/result.h"
#include "runtime/commands/command_line.h"
#include "runtime/plan/criu_request.h"

namespace ocirt::commands {

inline constexpr std::array<Option, 12> kCriuOptions = {{
    {.name = "image-path", .value_name = "DIR", .help = "the images (checkpoint)"},
    {.name = "work-path", .value_name = "DIR", .help = "CRIU's log and its like (as image-path)"},
    {.name = "parent-path", .value_name = "DIR", .help = "earlier images, from image-path"},
    {.name = "tcp-established", .help = "open TCP connections are kept"},
    {.name = "ext-unix-sk", .help = "unix sockets may lead out of the container"},
    {.name = "shell-job", .help = "session or terminal may belong to a shell outside"},
    {.name = "file-locks", .help = "file locks are kept"},
    {.name = "manage-cgroups-mode",
     .value_name = "MODE",
     .help = "soft (default), full, strict, ignore"},
    {.name = "network-lock",
     .value_name = "METHOD",
     .help = "iptables (default), nftables or skip"},
    {.name = "empty-ns", .value_name = "NAME", .help = "network: leave its devices to others"},
    {.name = "auto-dedup", .help = "images lose what later ones hold"},
    {.name = "lazy-pages", .help = "not supported: an error"},
}};

/// What the options say. Errors: InvalidConfig, or Unsupported for what isn't done here.
Result<plan::CriuOptions> criu_options(const ParsedLine& line);

/// --image-path, or "checkpoint" in the current directory; and --work-path, or nothing.
Result<HostPath> image_path(const ParsedLine& line);
Result<HostPath> work_path(const ParsedLine& line);

}  // namespace ocirt::commands
