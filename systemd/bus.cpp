// A connection to a bus of systemd's, and the few methods of its manager that containers need.
#include "systemd/bus.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace ocirt::systemd {

namespace {

constexpr const char* kService = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr const char* kUnitInterface = "org.freedesktop.systemd1.Unit";
constexpr const char* kScopeInterface = "org.freedesktop.systemd1.Scope";
constexpr uint64_t kMicrosecond_s = 1'000'000;
constexpr uint64_t kPatience_us = 30 * kMicrosecond_s;  // for a job, on a busy host

uint64_t now_us() {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * kMicrosecond_s +
         static_cast<uint64_t>(now.tv_nsec) / 1000;
}

BusError error_of(const char* step, int result) {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  (void)sd_bus_error_set_errno(&error, result);
  BusError told{.step = step, .name = error.name, .message = error.message};
  sd_bus_error_free(&error);
  return told;
}

// Frees what sd-bus hands out.
struct Call {
  sd_bus_message* message = nullptr;
  sd_bus_message* reply = nullptr;
  sd_bus_error error = SD_BUS_ERROR_NULL;

  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    sd_bus_message_unref(message);
    sd_bus_message_unref(reply);
    sd_bus_error_free(&error);
  }

  int open(sd_bus* bus, const char* method) {
    return sd_bus_message_new_method_call(bus, &message, kService, kManagerPath, kManager, method);
  }

  Outcome send(const char* step, sd_bus* bus) {
    const int result = sd_bus_call(bus, message, kPatience_us, &error, &reply);
    if (result >= 0) return std::nullopt;
    if (!sd_bus_error_is_set(&error)) return error_of(step, result);
    return BusError{.step = step,
                    .name = error.name,
                    .message = error.message != nullptr ? error.message : error.name};
  }
};

// --- values --------------------------------------------------------------------------------------

// The length of the first complete type of a signature.
size_t type_length(std::string_view signature) {
  size_t at = 0;
  while (at < signature.size() && signature[at] == 'a') ++at;
  if (at == signature.size()) return 0;
  if (signature[at] != '(') return at + 1;
  int depth = 0;
  for (; at < signature.size(); ++at) {
    if (signature[at] == '(') ++depth;
    if (signature[at] == ')' && --depth == 0) return at + 1;
  }
  return 0;
}

int append_basic(sd_bus_message* message, char type, const std::string& word) {
  const char* text = word.c_str();
  const auto as_unsigned = static_cast<uint64_t>(std::strtoull(text, nullptr, 10));
  const auto as_signed = static_cast<int64_t>(std::strtoll(text, nullptr, 10));
  const int truth = word == "true" ? 1 : 0;
  const auto byte = static_cast<uint8_t>(as_unsigned);
  const auto short_signed = static_cast<int16_t>(as_signed);
  const auto short_unsigned = static_cast<uint16_t>(as_unsigned);
  const auto plain_signed = static_cast<int32_t>(as_signed);
  const auto plain_unsigned = static_cast<uint32_t>(as_unsigned);
  const double number = std::strtod(text, nullptr);
  const void* value = nullptr;
  switch (type) {
    case 'b':
      value = &truth;
      break;
    case 'y':
      value = &byte;
      break;
    case 'n':
      value = &short_signed;
      break;
    case 'q':
      value = &short_unsigned;
      break;
    case 'i':
      value = &plain_signed;
      break;
    case 'u':
      value = &plain_unsigned;
      break;
    case 'x':
      value = &as_signed;
      break;
    case 't':
      value = &as_unsigned;
      break;
    case 'd':
      value = &number;
      break;
    case 's':
    case 'o':
    case 'g':
      value = text;
      break;
    default:
      return -EINVAL;
  }
  return sd_bus_message_append_basic(message, type, value);
}

int append_members(sd_bus_message* message, std::string_view members, Words& words) {
  while (!members.empty()) {
    const size_t length = type_length(members);
    if (length == 0) return -EINVAL;
    const int result = append_value(message, std::string(members.substr(0, length)), words);
    if (result < 0) return result;
    members.remove_prefix(length);
  }
  return 0;
}

// (sv) for each property.
int append_properties(sd_bus_message* message, Words words) {
  int result = sd_bus_message_open_container(message, 'a', "(sv)");
  while (result >= 0 && !words.empty()) {
    if (words.size() < 2) return -EINVAL;
    const std::string& name = words[0];
    const std::string& signature = words[1];
    words = words.subspan(2);
    result = sd_bus_message_open_container(message, 'r', "sv");
    if (result >= 0) result = sd_bus_message_append_basic(message, 's', name.c_str());
    if (result >= 0) result = sd_bus_message_open_container(message, 'v', signature.c_str());
    if (result >= 0) result = append_value(message, signature, words);
    if (result >= 0) result = sd_bus_message_close_container(message);
    if (result >= 0) result = sd_bus_message_close_container(message);
  }
  return result < 0 ? result : sd_bus_message_close_container(message);
}

}  // namespace

int append_value(sd_bus_message* message, const std::string& signature, Words& words) {
  if (signature.empty()) return -EINVAL;
  const char kind = signature.front();
  if (kind == '(') {
    const std::string members = signature.substr(1, signature.size() - 2);
    int result = sd_bus_message_open_container(message, 'r', members.c_str());
    if (result >= 0) result = append_members(message, members, words);
    return result < 0 ? result : sd_bus_message_close_container(message);
  }
  if (words.empty()) return -EINVAL;
  const std::string& first = words.front();
  words = words.subspan(1);
  if (kind == 'a') {
    const std::string element = signature.substr(1);
    int result = sd_bus_message_open_container(message, 'a', element.c_str());
    for (uint64_t left = std::strtoull(first.c_str(), nullptr, 10); result >= 0 && left > 0;
         --left) {
      result = append_value(message, element, words);
    }
    return result < 0 ? result : sd_bus_message_close_container(message);
  }
  if (kind == 'v') {
    int result = sd_bus_message_open_container(message, 'v', first.c_str());
    if (result >= 0) result = append_value(message, first, words);
    return result < 0 ? result : sd_bus_message_close_container(message);
  }
  return append_basic(message, kind, first);
}

// --- the connection ------------------------------------------------------------------------------

Bus::~Bus() {
  sd_bus_unref(bus_);
}

Outcome Bus::connect(const std::string& address) {
  constexpr const char* kStep = "connect to";
  int result = sd_bus_new(&bus_);
  if (result >= 0) result = sd_bus_set_address(bus_, address.c_str());
  if (result >= 0) result = sd_bus_set_bus_client(bus_, 1);
  if (result >= 0) result = sd_bus_start(bus_);
  const char* own_name = nullptr;
  if (result >= 0) result = sd_bus_get_unique_name(bus_, &own_name);  // waits for the greeting
  if (result < 0) return error_of(kStep, result);
  return std::nullopt;
}

int Bus::on_message(sd_bus_message* message, void* self, sd_bus_error*) {
  if (sd_bus_message_is_signal(message, kManager, "JobRemoved") <= 0) return 0;
  uint32_t number = 0;
  const char* path = nullptr;
  const char* unit = nullptr;
  const char* result = nullptr;
  if (sd_bus_message_read(message, "uoss", &number, &path, &unit, &result) < 0) return 0;
  static_cast<Bus*>(self)->finished_.push_back({.path = path, .result = result});
  return 0;
}

// Before the call that makes the job, on the same connection: no end of a job is missed. Not waited
// for, since the bus answers in order. Only of this unit, since a host may be busy. sd-bus's own
// matches can't say that (they know no argument behind a number), so the bus is told by hand.
Outcome Bus::watch_jobs(const std::string& unit) {
  const std::string rule = std::string("type='signal',path='") + kManagerPath + "',interface='" +
                           kManager + "',member='JobRemoved',arg2='" + unit + "'";
  int result = sd_bus_add_filter(bus_, nullptr, on_message, this);
  if (result >= 0) {
    result = sd_bus_call_method_async(bus_, nullptr, "org.freedesktop.DBus",
                                      "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch",
                                      nullptr, nullptr, "s", rule.c_str());
  }
  if (result < 0) return error_of("watch", result);
  return std::nullopt;
}

Outcome Bus::wait_for_job(const char* step, const std::string& path) {
  const uint64_t deadline = now_us() + kPatience_us;
  while (true) {
    for (const Job& job : finished_) {
      if (job.path != path) continue;
      if (job.result == "done") return std::nullopt;
      return BusError{
          .step = step, .name = "job", .message = "its job ended with \"" + job.result + "\""};
    }
    int result = sd_bus_process(bus_, nullptr);
    const uint64_t now = now_us();
    if (result == 0 && now >= deadline) {
      return BusError{.step = step, .name = "timeout", .message = "no end after 30 seconds"};
    }
    if (result == 0) result = sd_bus_wait(bus_, deadline - now);
    if (result < 0 && result != -EINTR) return error_of(step, result);
  }
}

Outcome Bus::call_for_job(const char* step, const char* method, const std::string& unit,
                          const char* mode, const Words* properties, std::string& job) {
  Call call;
  int result = call.open(bus_, method);
  if (result >= 0) result = sd_bus_message_append(call.message, "ss", unit.c_str(), mode);
  if (properties != nullptr) {
    if (result >= 0) result = append_properties(call.message, *properties);
    if (result >= 0) result = sd_bus_message_append(call.message, "a(sa(sv))", 0);
  }
  if (result < 0) return error_of(step, result);
  if (Outcome failed = call.send(step, bus_)) return failed;
  const char* path = nullptr;
  result = sd_bus_message_read(call.reply, "o", &path);
  if (result < 0) return error_of(step, result);
  job = path;
  return std::nullopt;
}

// --- units ---------------------------------------------------------------------------------------

// Has the unit nothing in it any more, and only waits to be forgotten?
bool Bus::is_leaving(const std::string& unit) {
  char* path = nullptr;
  if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path) < 0) return false;
  char* state = nullptr;
  uint64_t tasks = 1;
  (void)sd_bus_get_property_string(bus_, kService, path, kUnitInterface, "ActiveState", nullptr,
                                   &state);
  (void)sd_bus_get_property_trivial(bus_, kService, path, kScopeInterface, "TasksCurrent", nullptr,
                                    't', &tasks);
  const std::string_view active = state != nullptr ? state : "";
  // UINT64_MAX stands for a cgroup that is gone.
  const bool leaving = active == "inactive" || active == "failed" || active == "deactivating" ||
                       (active == "active" && (tasks == 0 || tasks == UINT64_MAX));
  std::free(state);
  std::free(path);
  return leaving;
}

void Bus::reset_failed(const std::string& unit) {
  Call call;
  if (call.open(bus_, "ResetFailedUnit") < 0) return;
  if (sd_bus_message_append(call.message, "s", unit.c_str()) < 0) return;
  (void)call.send("reset", bus_);  // there is none that failed
}

Outcome Bus::start_unit(const std::string& name, Words properties) {
  constexpr int kTries = 100;
  constexpr useconds_t kPause_us = 20'000;
  if (Outcome failed = watch_jobs(name)) return failed;
  std::string job;
  for (int left = kTries;; --left) {
    Outcome failed = call_for_job("start", "StartTransientUnit", name, "fail", &properties, job);
    if (!failed) break;
    const bool exists = failed->name == "org.freedesktop.systemd1.UnitExists";
    if (!exists || left == 0 || !is_leaving(name)) return failed;
    reset_failed(name);
    // Process and creator died before systemd could put one into it: nothing tells systemd that it
    // is empty.
    std::string stop;
    if (left == kTries / 2) (void)call_for_job("stop", "StopUnit", name, "replace", nullptr, stop);
    if (left != kTries) (void)::usleep(kPause_us);
  }
  return wait_for_job("start", job);
}

Outcome Bus::set_properties(const std::string& name, Words properties) {
  constexpr const char* kStep = "set properties of";
  Call call;
  int result = call.open(bus_, "SetUnitProperties");
  if (result >= 0) result = sd_bus_message_append(call.message, "sb", name.c_str(), 1);
  if (result >= 0) result = append_properties(call.message, properties);
  if (result < 0) return error_of(kStep, result);
  return call.send(kStep, bus_);
}

Outcome Bus::stop_unit(const std::string& name) {
  if (Outcome failed = watch_jobs(name)) return failed;
  std::string job;
  Outcome failed = call_for_job("stop", "StopUnit", name, "replace", nullptr, job);
  if (failed && failed->name == "org.freedesktop.systemd1.NoSuchUnit") return std::nullopt;
  if (!failed) failed = wait_for_job("stop", job);
  reset_failed(name);
  return failed;
}

Outcome Bus::stop_if_empty(const std::string& name) {
  if (!is_leaving(name)) return std::nullopt;
  return stop_unit(name);
}

}  // namespace ocirt::systemd
