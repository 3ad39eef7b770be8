// Whom a payload runs as: --user and --group-add, by the container's own /etc/passwd and
// /etc/group. Pure: the texts are given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/bundle/host_view.h"

namespace ocirt::bundle {

/// `user` is "NAME|UID[:GROUP|GID]"; empty is root. `groups` are names or numbers.
/// A uid without an entry is allowed, as its group a gid; a name is not.
/// Errors: NotFound; InvalidConfig for ids above 2^32-2.
Result<Identity> find_identity(std::string_view user, const std::vector<std::string>& groups,
                               std::string_view passwd, std::string_view group);

}  // namespace ocirt::bundle
