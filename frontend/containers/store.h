// Containers on disk: their records, names and locks. frontend/model/record.h draws the
// directories.
//
// A container's directory is locked (flock(2)) by whoever changes the container; who only looks
// locks nothing. A directory without container.json is one that is being made, or was left by a
// crash.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/containers/places.h"
#include "frontend/model/record.h"

namespace ocirt::containers {

class Store {
 public:
  /// Makes the directories that are missing.
  static Result<Store> open(const Roots& roots);

  [[nodiscard]] const Roots& roots() const { return roots_; }

  /// All ids, sorted. Those that can't be read are left out of list().
  [[nodiscard]] std::vector<std::string> ids() const;
  [[nodiscard]] std::vector<model::Record> list() const;

  /// Errors: NotFound.
  [[nodiscard]] Result<model::Record> load(const std::string& id) const;
  /// By name, id, or the beginning of an id. Errors: NotFound; InvalidConfig if it's ambiguous.
  [[nodiscard]] Result<model::Record> find(const std::string& text) const;

  /// Makes the container's directory with what is in it, and takes its name. Returns its lock.
  /// Errors: AlreadyExists where another has the name.
  [[nodiscard]] Result<UniqueFd> make(const model::Record& record) const;
  /// Replaces the record, under the lock.
  [[nodiscard]] Result<> save(const model::Record& record) const;

  /// Waits for the container's lock. Errors: NotFound when it has been removed.
  [[nodiscard]] Result<UniqueFd> lock(const std::string& id) const;
  /// Nothing if another has it, or the container is gone.
  [[nodiscard]] std::optional<UniqueFd> try_lock(const std::string& id) const;

  /// Under the lock. Errors: AlreadyExists.
  [[nodiscard]] Result<> rename(model::Record& record, const std::string& name) const;

  /// Takes the container away: at once from all lists, then from the disk. Under the lock.
  [[nodiscard]] Result<> remove(const model::Record& record) const;

  /// Removes what a crash left in the middle of make() or remove().
  void sweep() const;

  /// An id and a name that no other container has.
  [[nodiscard]] Result<std::string> free_id() const;
  [[nodiscard]] std::string free_name() const;

 private:
  Store() = default;
  [[nodiscard]] Result<> claim_name(const std::string& name, const std::string& id) const;
  [[nodiscard]] bool is_stale(const std::string& name, const std::string& id) const;
  [[nodiscard]] std::optional<std::string> owner_of_name(const std::string& name) const;
  void drop_name(const std::string& name, const std::string& id) const;
  [[nodiscard]] std::optional<UniqueFd> take_lock(const std::string& id, int how) const;

  Roots roots_;
  UniqueFd containers_;
  UniqueFd names_;
};

/// The records of the store at `root`, for who needs no more of it. Those that can't be read are
/// left out.
std::vector<model::Record> records_in(const std::string& root);

/// The first 12 digits, as people are shown ids.
std::string short_id(const std::string& id);

}  // namespace ocirt::containers
