// Builds JSON values from libyaml's events.
#include "hooks/nvidia/cdi/yaml.h"

#include <fmt/core.h>
#include <yaml.h>

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ocirt::nvidia {

namespace {

using Json = nlohmann::json;

constexpr size_t kLargest = 4 << 20;
constexpr size_t kDeepest = 32;

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }
  yaml_event_t* get() { return &event_; }
  [[nodiscard]] yaml_event_type_t type() const { return event_.type; }
  [[nodiscard]] size_t line() const { return event_.start_mark.line + 1; }

  [[nodiscard]] std::string_view text() const {
    const auto& scalar = event_.data.scalar;
    return {reinterpret_cast<const char*>(scalar.value), scalar.length};
  }
  [[nodiscard]] bool is_plain() const {
    return event_.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  }
  /// Anchors, aliases and tags.
  [[nodiscard]] bool is_refused() const {
    switch (event_.type) {
      case YAML_ALIAS_EVENT:
        return true;
      case YAML_SCALAR_EVENT:
        return event_.data.scalar.anchor != nullptr || event_.data.scalar.tag != nullptr;
      case YAML_SEQUENCE_START_EVENT:
        return event_.data.sequence_start.anchor != nullptr ||
               event_.data.sequence_start.tag != nullptr;
      case YAML_MAPPING_START_EVENT:
        return event_.data.mapping_start.anchor != nullptr ||
               event_.data.mapping_start.tag != nullptr;
      default:
        return false;
    }
  }

 private:
  yaml_event_t event_{};
};

// A plain word may be a number or one of a few names; in quotes it is text (YAML 1.2, 10.3.2).
Json scalar_of(const Event& event) {
  const std::string_view text = event.text();
  if (!event.is_plain()) return text;
  if (text.empty() || text == "~" || text == "null") return nullptr;
  if (text == "true") return true;
  if (text == "false") return false;
  int64_t number = 0;
  const char* end = text.data() + text.size();
  if (const auto [rest, error] = std::from_chars(text.data(), end, number);
      error == std::errc() && rest == end) {
    return number;
  }
  return text;
}

class Builder {
 public:
  // The value that is complete, at the end of the document.
  [[nodiscard]] const std::optional<Json>& result() const { return result_; }

  Result<> take(const Event& event) {
    if (event.is_refused()) return wrong(event, "anchors, aliases and tags are not taken here");
    switch (event.type()) {
      case YAML_SCALAR_EVENT:
        if (expects_key()) {
          open_.back().key = event.text();
          return {};
        }
        return add(event, scalar_of(event));
      case YAML_MAPPING_START_EVENT:
        return open(event, Json::object());
      case YAML_SEQUENCE_START_EVENT:
        return open(event, Json::array());
      case YAML_MAPPING_END_EVENT:
      case YAML_SEQUENCE_END_EVENT: {
        Json value = std::move(open_.back().value);
        open_.pop_back();
        return add(event, std::move(value));
      }
      case YAML_DOCUMENT_START_EVENT:
        if (result_) return wrong(event, "there is more than one document");
        return {};
      default:
        return {};
    }
  }

 private:
  struct Open {
    Json value;
    std::optional<std::string> key;  // of the value to come, in a map
  };

  static Error wrong(const Event& event, std::string_view what) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("line {}: {}", event.line(), what));
  }

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().value.is_object() && !open_.back().key;
  }

  Result<> open(const Event& event, Json value) {
    if (expects_key()) return wrong(event, "a key has to be text");
    if (open_.size() == kDeepest) return wrong(event, "it is nested too deeply");
    open_.push_back({.value = std::move(value), .key = {}});
    return {};
  }

  Result<> add(const Event& event, Json value) {
    if (open_.empty()) {
      result_ = std::move(value);
      return {};
    }
    Open& top = open_.back();
    if (top.value.is_array()) {
      top.value.push_back(std::move(value));
      return {};
    }
    const std::string key = *std::exchange(top.key, std::nullopt);
    if (top.value.contains(key)) return wrong(event, fmt::format("\"{}\" stands twice", key));
    top.value[key] = std::move(value);
    return {};
  }

  std::vector<Open> open_;
  std::optional<Json> result_;
};

class Parser {
 public:
  explicit Parser(std::string_view text) {
    is_sound_ = yaml_parser_initialize(&parser_) != 0;
    if (!is_sound_) return;
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&parser_); }

  Result<> next(Event& event) {
    if (is_sound_ && yaml_parser_parse(&parser_, event.get()) != 0) return {};
    const char* problem = parser_.problem == nullptr ? "out of memory" : parser_.problem;
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("line {}: {}", parser_.problem_mark.line + 1, problem));
  }

 private:
  yaml_parser_t parser_{};
  bool is_sound_ = false;
};

}  // namespace

Result<Json> parse_yaml(std::string_view text) {
  if (text.size() > kLargest) {
    return make_error(ErrorKind::InvalidConfig, "it is larger than 4 MiB");
  }
  Parser parser(text);
  Builder builder;
  for (;;) {
    Event event;
    TRY(parser.next(event));
    if (event.type() == YAML_STREAM_END_EVENT) break;
    TRY(builder.take(event));
  }
  return builder.result().value_or(Json());
}

}  // namespace ocirt::nvidia
