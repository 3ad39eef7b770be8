// Decides: a record becomes the config.json that `ocirt create` reads. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "frontend/bundle/host_view.h"
#include "frontend/bundle/settings.h"
#include "frontend/model/record.h"

namespace ocirt::bundle {

/// Overlay for the runtime: docs/decisions/0022.
inline constexpr const char* kOverlayAnnotation = "io.ocirt.rootfs.overlay";

/// The config of a container that resolve() has filled in, made anew for each start: users, devices
/// and ids may have changed. Files of `host.places.directory` that it mounts must be there when the
/// container is created: network::write_files() and write_bundle() make them.
///
/// Errors: InvalidConfig and Unsupported, with the option that asks for it.
Result<nlohmann::json> make_config(const model::Record& record, const HostView& host,
                                   const Settings& settings);

/// Makes the config and writes it to the container's directory, with the small files that it needs:
/// look_at_host(), add_user_entry(), make_config(), config.json, containerenv.
Result<> write_bundle(const model::Record& record, const Settings& settings, const Places& places);

}  // namespace ocirt::bundle
