// Checks a Config against the rules of the OCI runtime spec that types can't express. Pure.
#include "spec/validate.h"

#include <algorithm>

#include "spec/check.h"
#include "spec/findings.h"
#include "spec/validate_parts.h"

namespace ocirt::spec {

namespace {

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char byte) {
    return is_digit(byte) || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           byte == '-';
  });
}

/// Dot-separated identifiers, as after the "-" and the "+" of a version.
bool are_identifiers(std::string_view text) {
  while (true) {
    const size_t dot = text.find('.');
    if (!is_identifier(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_version_number(std::string_view text) {
  const bool has_leading_zero = text.size() > 1 && text[0] == '0';
  return !text.empty() && !has_leading_zero && std::ranges::all_of(text, is_digit);
}

/// SemVer 2.0.0: MAJOR.MINOR.PATCH[-PRERELEASE][+BUILD]
bool is_semantic_version(std::string_view text) {
  if (const size_t plus = text.find('+'); plus != std::string_view::npos) {
    if (!are_identifiers(text.substr(plus + 1))) return false;
    text = text.substr(0, plus);
  }
  if (const size_t dash = text.find('-'); dash != std::string_view::npos) {
    if (!are_identifiers(text.substr(dash + 1))) return false;
    text = text.substr(0, dash);
  }
  for (int dots = 0; dots < 2; dots++) {
    const size_t dot = text.find('.');
    if (dot == std::string_view::npos || !is_version_number(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_version_number(text);
}

void check_version(Checker& check, const Where& where, std::string_view version) {
  if (!is_semantic_version(version)) {
    check.report(where, "must be a version such as 1.3.0 (SemVer 2.0.0), is " + quoted(version));
  } else if (!version.starts_with("1.")) {
    check.report(where,
                 "must be a version from 1.0.0 to 1.x, which are supported; is " + quoted(version));
  }
}

bool is_bind(const Mount& mount) {
  return mount.type == "bind" || std::ranges::any_of(mount.options, [](const std::string& option) {
           return option == "bind" || option == "rbind";
         });
}

void check_mount(Checker& check, const Where& where, const Mount& mount) {
  if (mount.destination.empty()) {
    check.report(where.at("destination"), "must be a path in the container, is empty");
  }
  if (is_bind(mount) && !is_given(mount.source)) {
    check.report(where.at("source"), "is required for a bind mount");
  }
  const bool has_uids = !mount.uid_mappings.empty();
  const bool has_gids = !mount.gid_mappings.empty();
  if (has_gids && !has_uids) {
    check.report(where.at("uidMappings"), "is required where gidMappings are given");
  }
  if (has_uids && !has_gids) {
    check.report(where.at("gidMappings"), "is required where uidMappings are given");
  }
  check.check_mappings(where.at("uidMappings"), mount.uid_mappings);
  check.check_mappings(where.at("gidMappings"), mount.gid_mappings);
}

/// A name that the UTS namespace holds: the host's or the NIS domain's.
void check_uts_name(Checker& check, const Where& where, const std::optional<std::string>& name,
                    const Namespaces& namespaces) {
  constexpr size_t kMaxLength = 64;  // bytes, uname(2)
  if (!is_given(name)) return;
  if (name->size() > kMaxLength) {
    check.report(where, "must have at most 64 bytes, has " + std::to_string(name->size()));
  }
  if (!namespaces.has("uts")) {
    check.report(where,
                 "needs a uts namespace in /linux/namespaces: it would change the host's name");
  }
}

void check_hooks(Checker& check, const Where& where, const std::vector<Hook>& hooks) {
  for (size_t i = 0; i < hooks.size(); i++) {
    const Where hook = where.at(i);
    check.check_absolute(hook.at("path"), hooks[i].path);
    check.check_env(hook.at("env"), hooks[i].env);
    if (hooks[i].timeout && *hooks[i].timeout <= 0) {
      check.report(hook.at("timeout"),
                   "must be at least 1 second, is " + std::to_string(*hooks[i].timeout));
    }
  }
}

void check_all_hooks(Checker& check, const Where& where, const Hooks& hooks) {
  check_hooks(check, where.at("prestart"), hooks.prestart);
  check_hooks(check, where.at("createRuntime"), hooks.create_runtime);
  check_hooks(check, where.at("createContainer"), hooks.create_container);
  check_hooks(check, where.at("startContainer"), hooks.start_container);
  check_hooks(check, where.at("poststart"), hooks.poststart);
  check_hooks(check, where.at("poststop"), hooks.poststop);
}

void check_root(Checker& check, const Where& where, const std::optional<Root>& root) {
  if (!root) {
    check.report(where, "is required");
  } else if (root->path.empty()) {
    check.report(where.at("path"), "must be the path of a directory, is empty");
  }
}

}  // namespace

std::vector<Finding> find_problems(const Config& config) {
  Checker check;
  const Where document("config.md");
  const Namespaces namespaces(config);

  check_version(check, document.at("ociVersion", "config.md#specification-version"),
                config.oci_version);
  check_root(check, document.at("root", "config.md#root"), config.root);
  const Where mounts = document.at("mounts", "config.md#mounts");
  for (size_t i = 0; i < config.mounts.size(); i++) {
    check_mount(check, mounts.at(i), config.mounts[i]);
  }
  if (config.process) {
    check_process(check, document.at("process", "config.md#process"), *config.process);
  }
  check_uts_name(check, document.at("hostname", "config.md#hostname"), config.hostname, namespaces);
  check_uts_name(check, document.at("domainname", "config.md#domainname"), config.domainname,
                 namespaces);
  if (config.hooks) {
    check_all_hooks(check, document.at("hooks", "config.md#posix-platform-hooks"), *config.hooks);
  }
  if (config.linux_) {
    check_linux(check, document.at("linux", "config.md#platform-specific-configuration"), config);
  }
  if (config.annotations.contains("")) {
    check.report(document.at("annotations", "config.md#annotations"),
                 "must not have an empty string as a key");
  }
  return std::move(check).take();
}

std::vector<Finding> find_problems(const Process& process) {
  Checker check;
  check_process(check, Where("config.md#process"), process);
  return std::move(check).take();
}

std::vector<Finding> find_problems(const Resources& resources) {
  Checker check;
  check_resources(check, Where("config-linux.md#control-groups"), resources);
  return std::move(check).take();
}

Result<> validate(const Config& config) {
  const std::vector<Finding> findings = find_problems(config);
  if (!findings.empty()) return findings_error(findings);
  return {};
}

}  // namespace ocirt::spec
