// Asks systemd for units, by the program ocirt-systemd. Runs in: creator, and the processes of
// delete and update.
#include "runtime/stages/unit_manager.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

#include "base/words.h"
#include "runtime/plan/decide_unit.h"
#include "sys/file.h"
#include "sys/program.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

constexpr const char* kProgram = "ocirt-systemd";
constexpr const char* kLibexec = "/usr/libexec/ocirt";

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// The file that we were called by, as a shell finds it. /proc/self/exe often can't tell: we run
// from a mount that is attached nowhere (sys/sealed_self.cpp).
std::string own_path() {
  const std::string name = ::program_invocation_name;
  if (name.find('/') != std::string::npos) return sys::resolved_path(name.c_str());
  const char* path = ::getenv("PATH");
  const std::string folders = path == nullptr ? "" : path;
  for (size_t begin = 0; begin < folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string file = folders.substr(begin, end - begin) + "/" + name;
    if (file.front() == '/' && sys::can_execute(file.c_str()))
      return sys::resolved_path(file.c_str());
    begin = end + 1;
  }
  return {};
}

// Beside our own program, or where distributions put such programs.
Result<std::string> find_program() {
  const Result<std::string> executable = sys::read_link(AT_FDCWD, "/proc/self/exe");
  const std::array<std::string, 3> folders = {folder_of(executable ? *executable : ""),
                                              folder_of(own_path()), kLibexec};
  for (const std::string& folder : folders) {
    std::string path = folder + "/" + kProgram;
    if (folder.starts_with('/') && sys::can_execute(path.c_str())) return path;
  }
  return make_error(ErrorKind::Unsupported,
                    fmt::format("--systemd-cgroup: there is no program {} beside ocirt or in {}",
                                kProgram, kLibexec))
      .with_hint(
          "install it (it is built where libsystemd's headers are: libsystemd-dev), or "
          "leave out --systemd-cgroup");
}

std::vector<std::string> words_of(std::string verb, const plan::UnitReference& unit) {
  return {std::move(verb), unit.name};
}

void add_properties(std::vector<std::string>& words,
                    std::span<const plan::UnitProperty> properties) {
  for (const plan::UnitProperty& property : properties) {
    words.push_back(property.name);
    words.push_back(property.signature);
    words.insert(words.end(), property.words.begin(), property.words.end());
  }
}

}  // namespace

Result<UnitManager> UnitManager::start(const plan::UnitReference& unit) {
  UnitManager manager;
  auto [ours, theirs] = TRY(sys::packet_pair());
  manager.unit_ = unit;
  manager.socket_ = std::move(ours);
  manager.program_ = TRY(sys::start_program({.path = TRY(find_program()),
                                             .args = {kProgram, unit.bus},
                                             .env = {"LC_ALL=C"},
                                             .stdin_fd = theirs.get()}));
  return manager;
}

Result<> UnitManager::request(const plan::UnitReference& unit,
                              const std::vector<std::string>& words) {
  unit_ = unit;
  for (const std::string& word : words) {
    if (word.find('\0') == std::string::npos) continue;
    return make_error(ErrorKind::InvalidConfig, "a property of the unit has a NUL in its value");
  }
  const std::string packet = join_words(words);
  return sys::send_packet(socket_.get(), std::as_bytes(std::span(packet)));
}

Result<> UnitManager::request_scope(const plan::UnitPlan& plan, pid_t pid) {
  std::vector<std::string> words = words_of("start", plan.reference);
  words.push_back(std::to_string(pid));
  add_properties(words, plan.properties);
  return request(plan.reference, words);
}

Result<> UnitManager::request_change(const plan::UnitReference& unit,
                                     std::span<const plan::UnitProperty> properties) {
  std::vector<std::string> words = words_of("set", unit);
  add_properties(words, properties);
  return request(unit, words);
}

Result<> UnitManager::request_stop(const plan::UnitReference& unit, bool only_if_empty) {
  return request(unit, words_of(only_if_empty ? "stop-if-empty" : "stop", unit));
}

Result<> UnitManager::await_answer() {
  constexpr size_t kLongest = 16384;
  std::array<std::byte, kLongest> buffer;
  const Result<sys::Packet> packet = sys::receive_packet(socket_.get(), buffer);
  const std::vector<std::string> words =
      !packet ? std::vector<std::string>()
              : split_words({reinterpret_cast<const char*>(buffer.data()), packet->size});
  if (words.size() == 1 && words[0] == "done") return {};
  constexpr size_t kFailedWords = 4;
  if (words.size() == kFailedWords && words[0] == "failed") {
    return plan::explain_bus_error(unit_, words[1], words[2], words[3]);
  }
  return make_error(ErrorKind::System, fmt::format("{} ended without an answer", kProgram))
      .with_hint("is libsystemd.so.0 installed?");
}

Result<> update_unit(const plan::UnitReference& unit, std::span<const plan::CgroupWrite> writes) {
  if (unit.name.empty()) return {};
  const std::vector<plan::UnitProperty> properties = plan::limit_properties(writes);
  if (properties.empty()) return {};
  UnitManager manager = TRY(UnitManager::start(unit));
  TRY(manager.request_change(unit, properties));
  return manager.await_answer();
}

Result<> await_end_of_unit(const plan::UnitReference& unit, const std::string& directory) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPatience{500};
  constexpr useconds_t kFirstPause_us = 50;
  constexpr useconds_t kLongestPause_us = 5'000;
  const Clock::time_point deadline = Clock::now() + kPatience;
  for (useconds_t pause_us = kFirstPause_us; Clock::now() < deadline;
       pause_us = std::min(pause_us * 2, kLongestPause_us)) {
    if (directory.empty() || !sys::exists(directory.c_str())) return {};
    (void)::usleep(pause_us);
  }
  UnitManager manager = TRY(UnitManager::start(unit));
  TRY(manager.request_stop(unit, /*only_if_empty=*/false));
  return manager.await_answer();
}

Result<> stop_abandoned_unit(const plan::UnitReference& unit) {
  UnitManager manager = TRY(UnitManager::start(unit));
  TRY(manager.request_stop(unit, /*only_if_empty=*/true));
  return manager.await_answer();
}

}  // namespace ocirt::stages
