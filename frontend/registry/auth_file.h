// auth.json: credentials for registries, in the file or from a helper that it names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/registry/registry.h"

namespace ocirt::registry {

/// The files that may have credentials, in order. An explicit one, or one of the environment, is
/// the only one.
std::vector<std::string> auth_files(const std::string& explicit_file);

/// What a document says of a repository: of host/ns/repo, host/ns, host. Errors: InvalidConfig for
/// what is no auth.json; System for a helper that fails.
Result<std::optional<Credentials>> credentials_in(std::string_view text, const std::string& host,
                                                  const std::string& repository);

/// The first file's answer. `repository` may be empty.
Result<Credentials> find_credentials(const std::string& explicit_file, const std::string& host,
                                     const std::string& repository);

/// Writes or removes (without a value) the credentials of a registry. Returns whether it was there.
Result<bool> store_credentials(const std::string& explicit_file, const std::string& key,
                               const std::optional<Credentials>& credentials);

/// Forgets all. Errors: those of writing.
Result<> forget_all_credentials(const std::string& explicit_file);

}  // namespace ocirt::registry
