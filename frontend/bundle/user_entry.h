// An entry in the container's /etc/passwd for a user that has none.
#pragma once

#include "base/result.h"
#include "frontend/bundle/host_view.h"
#include "frontend/model/record.h"

namespace ocirt::bundle {

/// Programs ask who they are: a shell's prompt, ssh, git. A user by number, or one that
/// --userns=keep-id keeps, gets a line in the container's /etc/passwd, and its group one in
/// /etc/group, as podman does it: in the container's own layer, where it stays. Its home is the
/// working directory, or the user's home if that is mounted. Sets `identity.home`.
///
/// Runs in: ocictl, before the container is created. Where the files can't be written nothing
/// happens: the container runs as well without.
void add_user_entry(const model::Record& record, HostView& host);

/// The line; `name` and `comment` without what would break it. Pure.
std::string user_line(std::string name, const Identity& identity, std::string comment);

}  // namespace ocirt::bundle
