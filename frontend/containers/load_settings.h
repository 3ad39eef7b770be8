// Finds and reads containers.conf.
#pragma once

#include "base/result.h"
#include "frontend/bundle/settings.h"

namespace ocirt::containers {

/// /usr/share/containers/, /etc/containers/, drop-ins, the user's; CONTAINERS_CONF alone where it
/// is set, and CONTAINERS_CONF_OVERRIDE after all. Proxies are of the caller's environment.
/// Errors: InvalidConfig for a file that isn't TOML, or a value of a wrong type.
Result<bundle::Settings> load_settings();

}  // namespace ocirt::containers
