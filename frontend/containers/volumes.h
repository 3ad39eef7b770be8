// Volumes: directories that outlive containers. Files alone, as all of the store:
//
//   ROOT/volumes/NAME/   volume.json, data/
//
// A directory that has no volume.json is being made, or was left by a crash: it is nobody's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/model/record.h"

namespace ocirt::containers {

struct Volume {
  std::string name;
  std::string driver = "local";
  int64_t created_ns = 0;                      // since the epoch
  std::map<std::string, std::string> labels;   // --label
  std::map<std::string, std::string> options;  // --opt
  bool anonymous = false;                      // made for one container, and goes with it
  bool needs_copy_up = true;                   // nothing has been mounted from it yet
  friend bool operator==(const Volume&, const Volume&) = default;
};

class Volumes {
 public:
  /// `root` is the store's.
  explicit Volumes(std::string root) : directory_(std::move(root) + "/volumes") {}

  /// All of them, by name.
  [[nodiscard]] std::vector<Volume> list() const;
  [[nodiscard]] std::optional<Volume> load(const std::string& name) const;
  /// By name, or the beginning of one. Errors: NotFound in podman's words; InvalidConfig where it's
  /// ambiguous.
  [[nodiscard]] Result<Volume> find(const std::string& text) const;

  /// Errors: AlreadyExists; InvalidConfig for a name that can't be one.
  [[nodiscard]] Result<> create(const Volume& volume) const;
  /// Writes what has changed.
  [[nodiscard]] Result<> save(const Volume& volume) const;
  [[nodiscard]] Result<> remove(const std::string& name) const;

  [[nodiscard]] std::string data(const std::string& name) const {
    return directory_ + '/' + name + "/data";
  }

  /// Before a container is created: makes the volumes of its record that are missing, and fills
  /// those that nobody used before with what the image has at that place ("nocopy" forbids it).
  [[nodiscard]] Result<> prepare(const model::Record& record) const;

 private:
  [[nodiscard]] Result<> fill(Volume volume, const model::Record& record,
                              const model::RequestedMount& mount) const;

  std::string directory_;
};

/// Which of the containers use the volume, by their ids.
std::vector<std::string> users_of(const Volume& volume, const std::vector<model::Record>& records);

}  // namespace ocirt::containers
