// What people are shown of a container.
#include "frontend/commands/container_fields.h"

#include <fmt/core.h>
#include <time.h>

#include "frontend/commands/text.h"

namespace ocirt::frontend {

using containers::State;

std::string command_text(const model::Record& record, bool whole) {
  constexpr size_t kShown = 17;
  std::string text;
  for (const std::string& word : record.args) text += (text.empty() ? "" : " ") + word;
  if (!whole && text.size() > kShown) text = text.substr(0, kShown) + "...";
  return text;
}

std::string created_text(const model::Record& record) {
  constexpr int64_t kPerSecond = 1'000'000'000;
  return human_duration(::time(nullptr) - record.created_ns / kPerSecond) + " ago";
}

int exit_code(const containers::Status& status) {
  if (status.state != State::Exited) return 0;
  return status.exit ? status.exit->code : containers::kUnknownExitCode;
}

int64_t started_at(const containers::Status& status) {
  if (status.state != State::Exited) return status.started_s;
  return status.exit ? parse_time(status.exit->started) : 0;
}

int64_t exited_at(const containers::Status& status) {
  return status.exit ? parse_time(status.exit->finished) : 0;
}

std::string status_text(const containers::Status& status) {
  switch (status.state) {
    case State::Created:
      return "Created";
    case State::Initialized:
      return "Initialized";
    case State::Running:
      return "Up " + human_duration(::time(nullptr) - status.started_s) +
             (status.health.empty() ? "" : " (" + status.health + ")");
    case State::Paused:
      return "Paused";
    case State::Exited:
      break;
  }
  // A reboot, or a monitor that was killed: nobody saw when.
  if (!status.exit) return fmt::format("Exited ({})", exit_code(status));
  return fmt::format("Exited ({}) {} ago", exit_code(status),
                     human_duration(::time(nullptr) - exited_at(status)));
}

namespace {

std::string range(uint16_t first, uint16_t count) {
  if (count <= 1) return std::to_string(first);
  return fmt::format("{}-{}", first, first + count - 1);
}

}  // namespace

std::string ports_text(const model::Record& record) {
  std::string text;
  for (const model::PublishedPort& port : record.ports) {
    text += fmt::format(
        "{}{}:{}->{}/{}", text.empty() ? "" : ", ", port.host_ip.empty() ? "0.0.0.0" : port.host_ip,
        range(port.host_port, port.count), range(port.container_port, port.count), port.protocol);
  }
  return text;
}

Json json_ports(const model::Record& record) {
  if (record.ports.empty()) return nullptr;
  Json list = Json::array();
  for (const model::PublishedPort& port : record.ports) {
    list.push_back({{"host_ip", port.host_ip},
                    {"container_port", port.container_port},
                    {"host_port", port.host_port},
                    {"range", port.count},
                    {"protocol", port.protocol}});
  }
  return list;
}

Json mounted_at(const model::Record& record) {
  Json list = Json::array();
  for (const model::RequestedMount& mount : record.mounts) list.push_back(mount.destination);
  return list;
}

}  // namespace ocirt::frontend
