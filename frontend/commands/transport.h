// From a name to the registries that may have it, with all that the configuration says of them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/commands/context.h"
#include "frontend/images/progress.h"
#include "frontend/registry/reference.h"

namespace ocirt::frontend {

/// What a name given by a person may mean: itself if it names a registry, else what aliases and
/// search registries make of it, best first.
Result<std::vector<registry::Reference>> resolve_name(const std::string& text,
                                                      images::Progress& progress);

/// The places to get it from, or bring it to: mirrors first, the registry itself last. `actions` is
/// "pull" or "pull,push". Errors: Denied where configuration or policy forbid it.
Result<images::Sources> open_sources(Context& context, const Line& line,
                                     const registry::Reference& reference,
                                     const std::string& actions, images::Progress& progress);

/// "USER:PASSWORD".
registry::Credentials split_credentials(const std::string& text);

/// One registry with its certificates and credentials. --tls-verify overrides `insecure`.
Result<registry::Endpoint> endpoint_for(const Line& line, const std::string& host,
                                        const std::string& repository, bool insecure);

Result<std::vector<std::string>> list_tags(registry::Registry& source);

}  // namespace ocirt::frontend
