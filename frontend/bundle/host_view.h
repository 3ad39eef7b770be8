// What a container's config depends on besides the record: who runs it, what the host has, and what
// its files say. Gathered once, before make_config(), which is pure; a test writes it down by hand.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/bundle/settings.h"
#include "frontend/model/record.h"
#include "frontend/unpack/store_ids.h"

namespace ocirt::bundle {

/// Where things of the container lie.
struct Places {
  std::string directory;  // ROOT/containers/ID
  std::string volumes;    // ROOT/volumes
  /// The running init of each container whose namespaces are joined, by what follows "container:".
  std::map<std::string, pid_t> joined;
  friend bool operator==(const Places&, const Places&) = default;
};

/// Whom the payload runs as, by the container's /etc/passwd and /etc/group.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // supplementary
  std::string home = "/";
  bool is_unknown = false;        // the uid has no entry
  bool group_is_unknown = false;  // nor the gid
  friend bool operator==(const Identity&, const Identity&) = default;
};

/// A device node of the host.
struct HostNode {
  std::string path;
  char type = 'c';  // or 'b'
  int64_t major = 0;
  int64_t minor = 0;
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  friend bool operator==(const HostNode&, const HostNode&) = default;
};

struct HostView {
  Places places;
  uid_t uid = 0;
  gid_t gid = 0;
  bool rootless = false;  // a plain user: containers need a user namespace
  unpack::StoreIds ids;
  bool unified_cgroups = false;
  bool can_limit_pids = true;                  // the host has the controller
  std::vector<std::string> capabilities;       // "CAP_CHOWN", ...: those that can be given
  std::map<std::string, int64_t> hard_limits;  // the caller's own, by name; -1: none
  bool may_raise_limits = false;               // CAP_SYS_RESOURCE
  std::string host_name;
  Identity identity;
  std::map<std::string, std::vector<HostNode>> devices;  // by the path that was asked for
  std::vector<HostNode> all_devices;                     // with --privileged alone
  nlohmann::json seccomp;    // the profile as its file has it; null: unconfined
  std::string init_program;  // with --init: the host's catatonit, tini, ...
  std::string timezone;      // with --tz: the file below /usr/share/zoneinfo
};

/// Whom --userns=keep-id keeps: the user, or by keep-id:uid=N,gid=N. Pure.
struct KeptIds {
  uid_t uid = 0;
  gid_t gid = 0;
};
Result<KeptIds> decide_kept_ids(const std::string& asked, uid_t uid, gid_t gid);  // namespaces.cpp

/// Errors: NotFound for a user, device or profile that isn't there, each by name.
Result<HostView> look_at_host(const model::Record& record, const Settings& settings,
                              const Places& places);

}  // namespace ocirt::bundle
