// What happened to containers: one line of JSON for each event.
#include "frontend/containers/events.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "sys/file.h"

namespace ocirt::containers {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFile = "/events";
constexpr const char* kOldFile = "/events.old";
constexpr off_t kMostBytes = 4 << 20;  // of one of the two files
constexpr size_t kMostRead = 16 << 20;

int64_t now_ns() {
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  timespec now{};
  (void)::clock_gettime(CLOCK_REALTIME, &now);  // the real-time clock is always there
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

std::string print_event(const Event& event) {
  Json json = {{"time", event.time_ns}, {"type", event.type}, {"status", event.status},
               {"id", event.id},        {"name", event.name}, {"image", event.image}};
  if (!event.labels.empty()) json["labels"] = event.labels;
  if (event.exit_code) json["exitCode"] = *event.exit_code;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::optional<Event> parse_event(std::string_view line) {
  try {
    const Json json = Json::parse(line);
    Event event{.time_ns = json.at("time").get<int64_t>(),
                .type = json.value("type", "container"),
                .status = json.value("status", ""),
                .id = json.value("id", ""),
                .name = json.value("name", ""),
                .image = json.value("image", ""),
                .labels = json.value("labels", std::map<std::string, std::string>{})};
    if (json.contains("exitCode")) event.exit_code = json["exitCode"].get<int>();
    return event;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

// Whole lines of `text`; returns how many bytes these are.
size_t take_lines(std::string_view text, std::vector<Event>& events) {
  size_t begin = 0;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', begin)) {
    if (std::optional<Event> event = parse_event(text.substr(begin, end - begin))) {
      events.push_back(std::move(*event));
    }
    begin = end + 1;
  }
  return begin;
}

std::string rest_of(int file, uint64_t offset) {
  if (::lseek(file, static_cast<off_t>(offset), SEEK_SET) < 0) return {};
  return sys::read_all(file, kMostRead).value_or("");
}

}  // namespace

void tell_event(const Roots& roots, const model::Record& record, std::string_view status,
                std::optional<int> exit_code) {
  const std::string line = print_event({.time_ns = now_ns(),
                                        .status = std::string(status),
                                        .id = record.id,
                                        .name = record.name,
                                        .image = record.image_name,
                                        .labels = record.labels,
                                        .exit_code = exit_code});
  const std::string path = roots.store + kFile;
  const Result<UniqueFd> file =
      sys::open_at(AT_FDCWD, path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0600);
  if (!file) return;
  // One write(2), so that lines of several processes don't mix.
  if (::write(file->get(), line.data(), line.size()) < 0) return;
  struct stat info {};
  if (::fstat(file->get(), &info) == 0 && info.st_size > kMostBytes) {
    // Two who do it at once drop a file's worth of old events: no more than that.
    (void)::rename(path.c_str(), (roots.store + kOldFile).c_str());
  }
}

std::vector<Event> EventReader::read_new() {
  std::vector<Event> events;
  const auto open = [&](const char* name) {
    return sys::open_at(AT_FDCWD, (root_ + name).c_str(), O_RDONLY | O_NOFOLLOW);
  };
  const Result<UniqueFd> file = open(kFile);
  if (!file) return events;
  struct stat info {};
  if (::fstat(file->get(), &info) < 0) return events;
  if (info.st_ino != inode_) {
    // The first time, or it was full: what is left of the one before comes first.
    if (const Result<UniqueFd> old = open(kOldFile)) {
      struct stat old_info {};
      const bool is_same = ::fstat(old->get(), &old_info) == 0 && old_info.st_ino == inode_;
      if (is_same || inode_ == 0)
        (void)take_lines(rest_of(old->get(), is_same ? offset_ : 0), events);
    }
    inode_ = info.st_ino;
    offset_ = 0;
  }
  offset_ += take_lines(rest_of(file->get(), offset_), events);
  return events;
}

Result<> EventReader::wait(int timeout_ms) {
  if (!watch_) {
    watch_ = UniqueFd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!watch_ || ::inotify_add_watch(watch_.get(), root_.c_str(), IN_MODIFY | IN_CREATE) < 0) {
      return last_error(fmt::format("watch {}", root_));
    }
    return {};  // what came before we watched is read first
  }
  pollfd ready{.fd = watch_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, timeout_ms) <= 0) return {};
  alignas(inotify_event) std::array<char, 4096> notes;
  while (::read(watch_.get(), notes.data(), notes.size()) > 0) {
  }
  return {};
}

}  // namespace ocirt::containers
