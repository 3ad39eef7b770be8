// The tables that describe every struct of config.h: keys, presence and section of the spec.
//
// A struct's table must stand before that of any struct that contains it. The order of the rows is
// the order in which the writer prints. `required` means REQUIRED by the spec, whatever else the
// document says; what depends on other members is checked by validate.h.
#include "spec/schema.h"

#include <array>

#include "spec/config.h"
#include "spec/overlay_root.h"
#include "spec/schema_linux.h"
#include "spec/schema_process.h"

namespace ocirt::spec {

template <>
struct Members<Root> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Root::path>("path"),
      optional<&Root::readonly>("readonly"),
  });
};

template <>
struct Members<Mount> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Mount::destination>("destination"),
      optional<&Mount::source>("source"),
      optional<&Mount::options>("options"),
      optional<&Mount::type>("type"),
      optional<&Mount::uid_mappings>("uidMappings"),
      optional<&Mount::gid_mappings>("gidMappings"),
  });
};

template <>
struct Members<Hook> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Hook::path>("path"),
      optional<&Hook::args>("args"),
      optional<&Hook::env>("env"),
      optional<&Hook::timeout>("timeout"),
  });
};

template <>
struct Members<Hooks> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Hooks::prestart>("prestart"),
      optional<&Hooks::create_runtime>("createRuntime"),
      optional<&Hooks::create_container>("createContainer"),
      optional<&Hooks::start_container>("startContainer"),
      optional<&Hooks::poststart>("poststart"),
      optional<&Hooks::poststop>("poststop"),
  });
};

template <>
struct Members<Config> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Config::oci_version>("ociVersion", "config.md#specification-version"),
      required<&Config::root>("root", "config.md#root"),
      optional<&Config::mounts>("mounts", "config.md#mounts"),
      optional<&Config::process>("process", "config.md#process"),
      optional<&Config::hostname>("hostname", "config.md#hostname"),
      optional<&Config::domainname>("domainname", "config.md#domainname"),
      optional<&Config::hooks>("hooks", "config.md#posix-platform-hooks"),
      optional<&Config::linux_>("linux", "config.md#platform-specific-configuration"),
      optional<&Config::annotations>("annotations", "config.md#annotations"),
  });
};

const Type& config_type() {
  return kType<Config>;
}

const Type& process_type() {
  return kType<Process>;
}

template <>
struct Members<OverlayRoot> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&OverlayRoot::lower>("lower"),
      optional<&OverlayRoot::upper>("upper"),
      optional<&OverlayRoot::work>("work"),
      optional<&OverlayRoot::volatile_>("volatile"),
      optional<&OverlayRoot::id_map>("idmap"),
  });
};

const Type& overlay_root_type() {
  return kType<OverlayRoot>;
}

const Type& resources_type() {
  return kType<Resources>;
}

const Type& seccomp_type() {
  return kType<std::optional<Seccomp>>;
}

}  // namespace ocirt::spec
