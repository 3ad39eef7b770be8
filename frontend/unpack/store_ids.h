// Which ids the files of a store may have: all, those of a plain user's ranges, or one.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace ocirt::unpack {

/// A line of a uid_map or gid_map.
struct IdRange {
  uint32_t inside = 0;
  uint32_t outside = 0;
  uint32_t count = 0;
  friend bool operator==(const IdRange&, const IdRange&) = default;
};

struct StoreIds {
  enum class Kind {
    Root,    // ids are what they are
    Ranges,  // root is the user, the others come from /etc/subuid and /etc/subgid
    Single,  // there is only the user
  };
  Kind kind = Kind::Root;
  std::vector<IdRange> uids;
  std::vector<IdRange> gids;
  bool shared = false;     // all users may read what is unpacked
  std::string why_single;  // why there are no ranges, for a notice
};

/// What this process has: decided once, at the start.
Result<StoreIds> find_store_ids();

/// The same of a store that is shared: one id, since another may be that of a user here, who could
/// change what is his.
StoreIds ids_of_shared_store();

/// Whether this process's user namespace has a single id: it works for a store of such an owner.
bool has_single_id();

/// Writes the maps of the process's user namespace, by itself or through newuidmap and newgidmap.
Result<> write_id_maps(pid_t pid, const StoreIds& ids);

}  // namespace ocirt::unpack
