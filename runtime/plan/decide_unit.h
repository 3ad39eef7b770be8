// Decides the unit of systemd that a container's cgroup lies in. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/plan/host_facts.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// The bus of the manager that makes our units: the system's for root of the host, that of the
/// user's session for everybody else. Gathered by probe_systemd() into `host.systemd`.
///
/// Errors: Unsupported where there is no systemd, or no session; the hint says what to do.
Result<UnitReference> decide_bus(const HostFacts& host);

/// The host's uid of whom our manager works for: ours, outside of all user namespaces that we know.
uint32_t uid_on_host(const HostFacts& host);

/// Name, slice and place of the scope for linux.cgroupsPath, which must be "slice:prefix:name", a
/// plain name, or absent. Its properties but for limits: those that we need, and the annotations
/// org.systemd.property.*.
///
/// Errors: InvalidConfig for a form, a name or a property that systemd doesn't know; Denied for a
///         property that a plain user's containers don't get.
Result<UnitPlan> decide_unit(const spec::Config& config, const HostFacts& host,
                             const CreateOptions& options);

/// The name of the container's cgroup below that of its unit: the annotation
/// run.oci.systemd.subgroup, or "container". Empty: the unit's own.
Result<std::string> decide_subgroup(const std::map<std::string, std::string>& annotations);

/// Limits that systemd knows as properties of a unit, for the values that are written to the
/// container's own cgroup. It writes them to the unit's cgroup, and again with each daemon-reload.
std::vector<UnitProperty> limit_properties(std::span<const CgroupWrite> writes);

/// Puts `properties` in place of those of the same name.
void replace_properties(std::vector<UnitProperty>& all, std::vector<UnitProperty> properties);

/// org.systemd.property.NAME: TEXT, a value in GVariant's text form ("uint64 5", "['a.service']").
/// A NAME in ...Sec, with a number of seconds, becomes ...USec, as in unit files.
///
/// Errors: InvalidConfig for a malformed value or one of the wrong type; Denied where `restricted`
///         and NAME isn't on the list of what a plain user's container may set.
Result<UnitProperty> decide_property(std::string_view name, std::string_view text, bool restricted);

/// A value in GVariant's text form; `signature` is the type that it should have, or empty. Only its
/// words and signature are set.
Result<UnitProperty> parse_gvariant(std::string_view text, std::string_view signature);

/// Why a unit couldn't be made, changed or stopped. `step` is what was tried ("start"), `name` the
/// error's D-Bus name, `message` its text, as ocirt-systemd tells them.
Error explain_bus_error(const UnitReference& unit, std::string_view step, std::string_view name,
                        std::string_view message);

}  // namespace ocirt::plan
