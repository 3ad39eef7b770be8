// /etc/hosts, /etc/resolv.conf and /etc/hostname of a container, as texts.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "frontend/network/network.h"

namespace ocirt::network {

/// The container's own name: --hostname, else its short id, or the host's where it shares that.
std::string host_name_of(const model::Record& record);

/// --add-host, then what `base` has, then the host and the container itself. `state` may be null:
/// addresses that are not known yet are left out. Errors: InvalidConfig for a bad --add-host.
Result<std::string> make_hosts(const model::Record& record, const NetworkState* state,
                               std::string_view base);

/// --dns and its like, before the networks' name servers, before those of `base`.
std::string make_resolv_conf(const model::Record& record, const NetworkState* state,
                             std::string_view base);

/// Writes hosts and resolv.conf, into the files that are there.
Result<> write_names(const model::Record& record, const Directories& where,
                     const NetworkState* state);

}  // namespace ocirt::network
