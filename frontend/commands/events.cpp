// ocictl events: what happened to containers, and what happens.
#include <fmt/core.h>
#include <time.h>

#include <array>
#include <charconv>
#include <climits>
#include <map>

#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/labels.h"
#include "frontend/commands/moments.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/events.h"

namespace ocirt::frontend {

namespace {

using containers::Event;

constexpr int64_t kNsPerSecond = 1'000'000'000;

constexpr std::array<Option, 6> kOptions = {{
    {.name = "filter",
     .short_name = 'f',
     .value_name = "KEY=VALUE",
     .help = "only those: container, event, image, label, type"},
    {.name = "format", .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "no-trunc", .value_name = "", .help = "whole ids (default)"},
    {.name = "since", .value_name = "TIME", .help = "a time, seconds of the epoch, or 1h30m ago"},
    {.name = "stream", .value_name = "", .help = "wait for more (default)"},
    {.name = "until", .value_name = "TIME", .help = "the same; the end"},
}};

// In ns since the epoch; a duration is meant in this direction.
Result<int64_t> read_time(std::string_view option, const std::string& text, int direction) {
  return TRY(parse_moment(option, text, ::time(nullptr), direction)) * kNsPerSecond;
}

Result<bool> passes(const Event& event, const std::vector<std::string>& filters) {
  std::map<std::string, bool> by_key;  // those of one key are alternatives
  for (const std::string& text : filters) {
    const Filter filter = TRY(parse_filter(text));
    bool matches = false;
    if (filter.key == "container") {
      matches = event.name == filter.value || event.id.starts_with(filter.value);
    } else if (filter.key == "event" || filter.key == "status") {
      matches = event.status == filter.value;
    } else if (filter.key == "image") {
      matches = event.image.find(filter.value) != std::string::npos;
    } else if (filter.key == "label") {
      matches = has_label(event.labels, filter.value);
    } else if (filter.key == "type") {
      matches = event.type == filter.value;
    } else {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("{} is an invalid filter", filter.key));
    }
    const auto [entry, is_first] = by_key.emplace(filter.key, matches);
    if (!is_first) entry->second = entry->second || matches;
  }
  for (const auto& [key, matched] : by_key) {
    if (!matched) return false;
  }
  return true;
}

// "2022-11-24 00:28:25.255844919 +0000 UTC"
std::string time_text(int64_t ns) {
  std::string text = go_time(ns / kNsPerSecond);
  text.insert(text.find(" +"), fmt::format(".{:09}", ns % kNsPerSecond));
  return text;
}

std::string line_of(const Event& event) {
  std::string text = fmt::format("{} {} {} {} (image={}, name={}", time_text(event.time_ns),
                                 event.type, event.status, event.id, event.image, event.name);
  for (const auto& [key, value] : event.labels) text += fmt::format(", {}={}", key, value);
  return text + ")";
}

Json event_json(const Event& event) {
  Json json = {{"ID", event.id},
               {"Image", event.image},
               {"Name", event.name},
               {"Status", event.status},
               {"Time", time_text(event.time_ns)},
               {"Type", event.type},
               {"Attributes", json_of(event.labels)}};
  if (event.exit_code) json["ContainerExitCode"] = *event.exit_code;
  return json;
}

Result<std::string> text_of(const Event& event, const std::string& format) {
  if (format.empty()) return line_of(event) + '\n';
  if (is_json_format(format)) return event_json(event).dump() + '\n';
  return TRY(render_template(format, event_json(event))) + '\n';
}

Result<int> run(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  // Without --since only what comes from now on is wanted, but all where nothing can come.
  const bool streams = line.flag("stream", true);
  const int64_t now = ::time(nullptr) * kNsPerSecond;
  int64_t since = streams && !line.has("until") ? now : 0;
  if (line.has("since")) since = TRY(read_time("--since", line.value("since"), -1));
  const int64_t until =
      line.has("until") ? TRY(read_time("--until", line.value("until"), 1)) : INT64_MAX;
  containers::EventReader reader(all.store().roots());
  for (;;) {
    for (const Event& event : reader.read_new()) {
      if (event.time_ns < since || event.time_ns > until) continue;
      if (!TRY(passes(event, line.values("filter")))) continue;
      TRY(print(TRY(text_of(event, line.value("format")))));
    }
    if (!streams || ::time(nullptr) * kNsPerSecond > until) return 0;
    constexpr int kTick_ms = 1000;
    TRY(reader.wait(kTick_ms));
  }
}

}  // namespace

const Verb kEvents = {.name = "events",
                      .words = "",
                      .help = "show what happens to containers",
                      .options = kOptions,
                      .most_words = 0,
                      .run = run};

}  // namespace ocirt::frontend
