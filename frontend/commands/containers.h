// What the verbs of containers share: the store of containers, the runtime, containers.conf.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "frontend/bundle/settings.h"
#include "frontend/commands/command_line.h"
#include "frontend/commands/context.h"
#include "frontend/containers/launch.h"
#include "frontend/containers/runtime.h"
#include "frontend/containers/status.h"
#include "frontend/containers/store.h"

namespace ocirt::frontend {

class Containers {
 public:
  static Result<Containers> open(const Context& context);

  [[nodiscard]] const containers::Store& store() const { return *store_; }
  [[nodiscard]] const bundle::Settings& settings() const { return *settings_; }
  [[nodiscard]] const containers::Runtime& runtime() const { return *runtime_; }
  /// With the runtime that the container was made with.
  [[nodiscard]] Result<containers::Engine> engine(const model::Record& record);
  [[nodiscard]] Result<containers::Status> status(const model::Record& record);

  /// The record by name or id, and what it is doing, after whatever a crash left has been healed.
  /// Errors: NotFound.
  struct Found {
    model::Record record;
    containers::Status status;
  };
  [[nodiscard]] Result<Found> find(const std::string& text);

  /// All containers with what they are doing, healed; the oldest first.
  [[nodiscard]] Result<std::vector<Found>> all();

 private:
  Containers() = default;
  // Behind pointers: an Engine refers to them.
  std::unique_ptr<containers::Store> store_;
  std::unique_ptr<bundle::Settings> settings_;
  std::unique_ptr<containers::Runtime> runtime_;
  std::vector<std::pair<std::string, std::unique_ptr<containers::Runtime>>> others_;
};

/// The containers that a verb is for: its words, and with --all those that `wanted` leaves; with
/// --latest the newest; with --cidfile what is written there. Errors: InvalidConfig for none.
Result<std::vector<std::string>> chosen_containers(
    Containers& containers, const Line& line,
    bool (*wanted)(const containers::Status& status) = nullptr);

/// Calls `act` for each word, and prints what the user called it; an error doesn't keep the others
/// from their turn. Returns the exit status: 0, or 125 if one failed.
int for_each_container(const std::vector<std::string>& words,
                       const std::function<Result<>(const std::string& word)>& act,
                       bool prints = true);

/// The words of a verb whose first one is a container: with --latest, the newest is put before
/// them. Errors: NotFound where there is none.
Result<std::vector<std::string>> words_after_latest(Containers& containers, const Line& line);

}  // namespace ocirt::frontend
