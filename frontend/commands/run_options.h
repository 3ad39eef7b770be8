// The options of run and create, and what they ask for.
#pragma once

#include <span>

#include "base/result.h"
#include "frontend/commands/command_line.h"
#include "frontend/model/request.h"

namespace ocirt::frontend {

/// Of `create`; those of `run` are these and two more at the end.
std::span<const Option> create_options();
std::span<const Option> run_options();

/// What the line asks of a container. Reads the caller's environment and files that options name
/// (--env-file, --label-file). The words after the image become the command. Options of the verbs
/// themselves are left to them: name (also in the request), attach, authfile, cidfile, detach,
/// pull, platform, arch, os, variant, quiet, replace, rootfs, sig-proxy, tls-verify.
///
/// Errors: InvalidConfig with the option; Unsupported for what podman has and we don't.
Result<model::Request> parse_run_options(const Line& line);

/// Those of --memory ... --cgroup-conf, which `update` has too.
Result<model::RequestedResources> parse_resources(const Line& line);
std::span<const Option> resource_options();

}  // namespace ocirt::frontend
