// The directory of a container below the state root. Runs in: every verb.
#pragma once

#include <string>
#include <vector>

#include "base/path.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/store/state.h"

namespace ocirt::store {

inline constexpr const char* kStateFile = "state.json";
inline constexpr const char* kConfigFile = "config.json";        // as it was at create
inline constexpr const char* kResourcesFile = "resources.json";  // since the first `update`
inline constexpr const char* kGateSocket = "start.sock";         // init listens here until `start`
inline constexpr const char* kNotifyDirectory = "notify";        // only with NOTIFY_SOCKET

/// Where containers are kept when `--root` isn't given: /run/ocirt, or $XDG_RUNTIME_DIR/ocirt for a
/// user without privileges, root of such a user's own namespace included.
Result<HostPath> default_root(bool rootless);

/// Errors: InvalidConfig for an id that is empty, longer than 1024 bytes, starts with a dot or has
/// a character other than A-Z a-z 0-9 _ + - .
Result<> check_id(const std::string& id);

/// Owns `<root>/<id>` while it is being made: removed with all its files when it goes, unless
/// committed. Holds an exclusive lock (flock) all its life, so that no verb sees half of it.
class [[nodiscard]] ContainerDir {
 public:
  /// Makes the directory, and the root above it (0700).
  /// Errors: AlreadyExists when the id is taken.
  static Result<ContainerDir> reserve(const HostPath& root, const std::string& id);

  /// Opens the directory of a container that exists, and waits for the lock.
  /// Errors: NotFound ("container does not exist").
  static Result<ContainerDir> open_locked(const HostPath& root, const std::string& id);

  ContainerDir(ContainerDir&&) noexcept = default;
  ContainerDir& operator=(ContainerDir&&) = delete;
  ~ContainerDir();

  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Writes the state file, as a whole or not at all.
  Result<> write_state(const State& state) const;
  Result<State> read_state() const;

  /// Lets other verbs at the container.
  void unlock() const;

  /// Waits for the lock again. False when the container was deleted in the meantime.
  Result<bool> lock_again() const;

  /// From here on the directory stays when this object goes.
  void commit() { remove_at_end_ = false; }

  /// Removes the directory and its files now.
  Result<> remove();

 private:
  ContainerDir(UniqueFd root, std::string id, UniqueFd fd, bool remove_at_end)
      : root_(std::move(root)),
        id_(std::move(id)),
        fd_(std::move(fd)),
        remove_at_end_(remove_at_end) {}

  UniqueFd root_;
  std::string id_;
  UniqueFd fd_;
  bool remove_at_end_;
};

/// A container as it was found, without a lock: for verbs that only look.
struct Found {
  UniqueFd directory;
  State state;
  bool being_made = false;  // `create` still holds the lock
};

/// Errors: NotFound ("container does not exist").
Result<Found> find(const HostPath& root, const std::string& id);

/// What is below a state root.
struct Listing {
  UniqueFd root;
  std::vector<std::string> ids;  // sorted
};

/// Nothing when there is no such directory.
Result<Listing> list(const HostPath& root);

/// One of a listing, without walking to the root again. Errors: NotFound when it is gone.
Result<Found> find(int root, const std::string& id);

}  // namespace ocirt::store
