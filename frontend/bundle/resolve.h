// What comes of a request, an image's config and containers.conf. Pure.
#pragma once

#include "base/result.h"
#include "frontend/bundle/image_config.h"
#include "frontend/bundle/settings.h"
#include "frontend/model/record.h"

namespace ocirt::bundle {

/// Fills in the record what is decided once, when the container is made: arguments, environment,
/// working directory, user, signals, labels, mounts and volumes, ports, health check, log driver.
/// Leaves to the caller: layers, network, paths; mounts of --volumes-from, to be added to the
/// request before; host ports that are 0, to be chosen after.
///
/// Errors: InvalidConfig with the option (no command; a signal, size or mount that is none).
Result<> resolve(model::Record& record, const ImageConfig& image, const Settings& settings);

}  // namespace ocirt::bundle
