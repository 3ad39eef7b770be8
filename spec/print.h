// Writes the structs of config.h as JSON, in the spec's order and spelling. Pure.
#pragma once

#include <string>

#include "spec/config.h"

namespace ocirt::spec {

/// The document as indented JSON (tabs, as `runc spec` prints), ending in a newline. Absent
/// optional fields are left out. parse_config(print_config(c)) == c.
std::string print_config(const Config& config);

/// One `resources` object on one line. parse_resources(print_resources(r)) == r.
std::string print_resources(const Resources& resources);

/// The config that `ocirt spec` writes: a shell in all default namespaces, with the mounts, masks
/// and capabilities that runc's template has.
Config default_config();

/// Turns `config` into one for a user without privileges whose ids are `uid` and `gid`: a user
/// namespace that maps them to root, no network namespace, no resources, /sys bound from the host.
void make_rootless(Config& config, uint32_t uid, uint32_t gid);

}  // namespace ocirt::spec
