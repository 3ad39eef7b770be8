// What `create` and `run` have in common on their command lines.
#pragma once

#include <array>

#include "base/result.h"
#include "runtime/commands/command_line.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/create.h"

namespace ocirt::commands {

inline constexpr Option kBundleOption = {.name = "bundle",
                                         .short_name = 'b',
                                         .value_name = "DIR",
                                         .help = "the bundle (the current directory)"};

inline constexpr std::array<Option, 10> kCreateOptions = {{
    kBundleOption,
    {.name = "config", .short_name = 'f', .value_name = "FILE", .help = "instead of config.json"},
    {.name = "pid-file", .value_name = "FILE", .help = "write the pid of init there"},
    {.name = "console-socket", .value_name = "SOCKET", .help = "send the terminal there"},
    {.name = "pidfd-socket", .value_name = "SOCKET", .help = "send a pidfd of init there"},
    {.name = "no-pivot", .help = "MS_MOVE and chroot instead of pivot_root"},
    {.name = "no-new-keyring", .help = "keep the caller's session keyring"},
    {.name = "preserve-fds", .value_name = "N", .help = "hand fds 3 to 2+N on to the payload"},
    {.name = "no-subreaper", .help = "accepted; ocirt never becomes a subreaper"},
    {.name = "no-mount-fallback", .help = "accepted; mounts have no fallback that drops options"},
}};

/// The request that the command line makes. `detached`: nobody stays to forward a terminal.
Result<stages::CreateRequest> create_request(const Globals& globals, const ParsedLine& line,
                                             bool detached);

/// `--preserve-fds` and, where they are meant for us, LISTEN_FDS. All of them must be open.
Result<int> preserved_fds(const ParsedLine& line);

}  // namespace ocirt::commands
