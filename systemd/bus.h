// A connection to a bus of systemd's, and the few methods of its manager that containers need.
#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ocirt::systemd {

/// What went wrong, as D-Bus says it.
struct BusError {
  std::string step;     // what was tried: "start"
  std::string name;     // "org.freedesktop.systemd1.UnitExists", "System.Error.ENOENT", "timeout"
  std::string message;  // for people
};

/// Nothing, where all went well.
using Outcome = std::optional<BusError>;

/// Properties as words, in busctl(1)'s notation: NAME SIGNATURE VALUE... NAME SIGNATURE VALUE...
using Words = std::span<const std::string>;

class Bus {
 public:
  Bus() = default;
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;
  ~Bus();

  /// Connects, and waits until the bus has greeted us.
  Outcome connect(const std::string& address);

  /// Makes the transient unit `name` with `properties` and waits until it is active. A unit of that
  /// name that has no process any more is on its way out, and is waited for.
  Outcome start_unit(const std::string& name, Words properties);

  /// Changes properties of a unit until the next boot.
  Outcome set_properties(const std::string& name, Words properties);

  /// Stops a unit and waits until it has, which ends its processes. No error where there is none.
  Outcome stop_unit(const std::string& name);

  /// The same, but only where no process is in it: else it is another container's.
  Outcome stop_if_empty(const std::string& name);

 private:
  struct Job {
    std::string path;
    std::string result;  // "done"
  };

  static int on_message(sd_bus_message* message, void* self, sd_bus_error* error);
  Outcome watch_jobs(const std::string& unit);
  Outcome wait_for_job(const char* step, const std::string& path);
  Outcome call_for_job(const char* step, const char* method, const std::string& unit,
                       const char* mode, const Words* properties, std::string& job);
  bool is_leaving(const std::string& unit);
  void reset_failed(const std::string& unit);

  sd_bus* bus_ = nullptr;
  std::vector<Job> finished_;
};

/// Appends one value of type `signature` to `message`, and takes its words away from `words`.
/// Negative errno: the words don't fit the signature.
int append_value(sd_bus_message* message, const std::string& signature, Words& words);

}  // namespace ocirt::systemd
