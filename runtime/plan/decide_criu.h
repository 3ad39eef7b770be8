// Decides what of a container is not CRIU's to dump or to make. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/plan/criu_request.h"
#include "runtime/plan/mount_table.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// The mounts of a container that come from the host: at restore they are bound anew, not made.
/// The images call each by its mount point, as those that runc and crun make do; but all masked
/// files "/dev/null".
///
/// `of_host` is what the runtime sees: a file system that it has mounted as well is the host's.
std::vector<CriuExternalMount> external_mounts(std::span<const MountedTree> of_container,
                                               std::span<const MountedTree> of_host,
                                               bool has_cgroup_namespace);

/// The host's paths for all that external_mounts() may have named, by the config's destinations. A
/// recursive bind brings what is mounted below its source.
std::vector<CriuExternalMount> sources_of_mounts(const RootfsPlan& plan,
                                                 std::span<const MountedTree> of_host);

/// A namespace that was joined by path and has to be there again, and is none of CRIU's business.
struct ExternalNamespace {
  const char* type;  // "net": as CRIU and /proc/PID/ns call it
  const char* name;  // "extRootNetNS": as the images call it
  uint64_t clone_flag;
};
std::span<const ExternalNamespace> external_namespaces();

/// Those of the joined namespaces that CRIU joins by their paths.
std::vector<CriuJoinedNamespace> namespaces_for_criu(const NamespacePlan& plan);

/// The container's cgroups as the places for those that were dumped.
std::vector<CriuCgroupRoot> cgroup_roots(std::span<const CgroupDirectory> directories);

/// The directory by which CRIU stops the container's processes all at once; empty: there is none.
std::string freezer_of(std::span<const CgroupDirectory> directories);

/// The file of CRIU's options that the annotation "org.criu.config" names; without that,
/// `standard`.
std::string criu_config_file(const std::map<std::string, std::string>& annotations,
                             std::string_view standard);

}  // namespace ocirt::plan
