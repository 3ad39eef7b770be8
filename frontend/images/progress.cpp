// What a pull or push tells on stderr.
#include "frontend/images/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "sys/file.h"

namespace ocirt::images {

namespace {

constexpr int64_t kRedraw_ms = 100;
constexpr size_t kShortDigest = 12;
constexpr size_t kShortConfig = 10;  // as podman shows it

int64_t now_ms() {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  constexpr int64_t kPerSecond = 1000;
  constexpr int64_t kNsPerMs = 1'000'000;
  return now.tv_sec * kPerSecond + now.tv_nsec / kNsPerMs;
}

std::string amount(double bytes) {
  constexpr const char* kUnits[] = {"b", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  constexpr double kStep = 1024;
  while (bytes >= kStep && unit + 1 < std::size(kUnits)) {
    bytes /= kStep;
    ++unit;
  }
  return fmt::format("{:.1f}{}", bytes, kUnits[unit]);
}

std::string duration(double seconds) {
  constexpr int kMinute = 60;
  const int whole = static_cast<int>(seconds + 0.5);
  if (whole < kMinute) return fmt::format("{}s", whole);
  if (whole < kMinute * kMinute) return fmt::format("{}m{:02}s", whole / kMinute, whole % kMinute);
  return fmt::format("{}h{:02}m", whole / kMinute / kMinute, whole / kMinute % kMinute);
}

size_t terminal_width() {
  winsize size{};
  constexpr size_t kUsual = 80;
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

void say(std::string_view text) {
  (void)sys::write_all(STDERR_FILENO, text);  // nobody to tell
}

}  // namespace

Progress::Kind Progress::detect(bool quiet) {
  if (quiet) return Kind::Quiet;
  return ::isatty(STDERR_FILENO) == 1 ? Kind::Terminal : Kind::Lines;
}

void Progress::line(std::string_view text) {
  if (kind_ == Kind::Quiet) return;
  // The bars above stay as they are.
  drawn_ = 0;
  bars_.clear();
  say(fmt::format("{}\n", text));
}

int Progress::add(std::string_view what, std::string_view digest, uint64_t total) {
  const std::string hex(
      digest.substr(digest.find(':') + 1, what == "config" ? kShortConfig : kShortDigest));
  bars_.push_back(
      {.what = std::string(what), .name = hex, .total = total, .started_ms = now_ms(), .word = {}});
  // As podman without a terminal: one line for each blob, when it begins.
  if (kind_ == Kind::Lines) say(fmt::format("Copying {} {}\n", what, digest));
  if (kind_ == Kind::Terminal) draw();
  return static_cast<int>(bars_.size()) - 1;
}

void Progress::update(int number, uint64_t done) {
  Bar& bar = bars_[static_cast<size_t>(number)];
  if (bar.done == 0) bar.first = done;
  bar.done = done;
}

void Progress::finish(int number, std::string_view word) {
  Bar& bar = bars_[static_cast<size_t>(number)];
  if (!bar.word.empty()) return;
  bar.word = word;
  if (kind_ == Kind::Terminal) draw();
}

void Progress::tick() {
  if (kind_ != Kind::Terminal || now_ms() - last_draw_ms_ < kRedraw_ms) return;
  draw();
}

std::string Progress::render(const Bar& bar) const {
  const std::string head = fmt::format("Copying {} {} ", bar.what, bar.name);
  if (!bar.word.empty()) {
    return head + (bar.word == "done" ? "done   | " : fmt::format("{}  ", bar.word));
  }
  const double seconds =
      static_cast<double>(std::max<int64_t>(1, now_ms() - bar.started_ms)) / 1000;
  const double rate = static_cast<double>(bar.done - bar.first) / seconds;
  std::string tail = fmt::format(" {} / {} | {}/s", amount(static_cast<double>(bar.done)),
                                 amount(static_cast<double>(bar.total)), amount(rate));
  if (rate > 0 && bar.total > bar.done) {
    tail += fmt::format(" {}", duration(static_cast<double>(bar.total - bar.done) / rate));
  }
  constexpr size_t kFrame = 3;
  const size_t width = std::min<size_t>(terminal_width(), 120);
  const size_t used = head.size() + tail.size() + kFrame;
  if (width < used + 4) return (head + tail).substr(0, width - 1);
  const size_t room = width - used;
  const double share =
      bar.total == 0 ? 0 : static_cast<double>(bar.done) / static_cast<double>(bar.total);
  const auto full = std::min(room, static_cast<size_t>(share * static_cast<double>(room)));
  std::string picture(full, '=');
  if (full < room) picture += '>' + std::string(room - full - 1, '-');
  return head + '[' + picture + ']' + tail;
}

void Progress::draw() {
  std::string text;
  if (drawn_ > 0) text += fmt::format("\x1b[{}A", drawn_);
  for (const Bar& bar : bars_) text += "\r\x1b[K" + render(bar) + '\n';
  drawn_ = bars_.size();
  last_draw_ms_ = now_ms();
  say(text);
}

}  // namespace ocirt::images
