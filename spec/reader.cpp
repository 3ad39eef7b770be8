// Fills structs from JSON text, led by their descriptions (type.h), in one pass without a document
// in memory.
//
// yajl calls us for each token. A stack of frames holds where we are: the object, array or map that
// is open, and which of its elements comes next. What no description knows is skipped by counting
// its brackets.
#include "spec/reader.h"

#include <cassert>

#include <yajl/yajl_parse.h>

#include "spec/findings.h"
#include "spec/json_text.h"

namespace ocirt::spec {

namespace {

constexpr size_t kMaxBytes = 64U << 20;
constexpr size_t kMaxDepth = 64;      // of brackets, ours and skipped ones
constexpr size_t kMaxFindings = 100;  // more help nobody
// Descriptions are not recursive: /linux/resources/blockIO/weightDevice/0 is among the deepest.
constexpr size_t kMaxFrames = 12;

/// An object, array or map that is open, and which of its values comes next.
struct Frame {
  const Type* type = nullptr;  // an Object, Array or Map
  void* place = nullptr;

  // Of an object: the member, null when we don't know it.
  const Member* member = nullptr;
  uint64_t given = 0;  // a bit for each member that was there
  // Of a map: the key (a copy, as the parser reuses its text), and the element made for it, null
  // when it is to be skipped.
  std::string key;
  void* element = nullptr;
  // Of an array: the index of the last element.
  size_t index = SIZE_MAX;
};

class Reader {
 public:
  Reader(std::string_view json, const Target& target) : json_(json), target_(target) {}

  std::vector<Finding> read();

  // What yajl calls: the result 0 ends the parse.
  int on_null();
  int on_boolean(bool value);
  int on_number(std::string_view text);
  int on_string(std::string_view text);
  int on_key(std::string_view key);
  int on_open(Shape shape);
  int on_close();

 private:
  struct Slot {
    const Type* type = nullptr;  // null: the value is to be skipped
    void* place = nullptr;       // of an array's element: null, it isn't made yet
  };

  Slot next_slot();
  static void* make_place(const Slot& slot, Frame* frame);
  Frame* top() { return depth_ == 0 ? nullptr : &frames_[depth_ - 1]; }
  [[nodiscard]] size_t offset() const { return yajl_get_bytes_consumed(parser_); }

  int complain(std::string problem);
  int complain_about_type(const Type& type, std::string_view found);
  int complain_about_text(std::string_view what, size_t offset);
  void check_required(Frame& frame);
  [[nodiscard]] std::string pointer() const;
  [[nodiscard]] std::string_view section() const;

  std::string_view json_;
  const Target& target_;
  yajl_handle parser_ = nullptr;
  std::array<Frame, kMaxFrames> frames_;
  size_t depth_ = 0;          // of frames
  size_t skipped_depth_ = 0;  // of brackets inside a value that is skipped
  size_t span_depth_ = 0;     // of the frame whose text is wanted; 0: it isn't open
  size_t span_begin_ = 0;
  std::vector<Finding> findings_;
};

// --- findings ----------------------------------------------------------------------------------

std::string Reader::pointer() const {
  std::string pointer;
  for (size_t i = 0; i < depth_; i++) {
    const Frame& frame = frames_[i];
    if (frame.type->shape == Shape::Array) {
      append_step(pointer, frame.index);
    } else if (frame.type->shape == Shape::Map) {
      append_step(pointer, frame.key);
    } else if (frame.member != nullptr) {
      append_step(pointer, frame.member->key);
    }
  }
  return pointer;
}

std::string_view Reader::section() const {
  for (size_t i = depth_; i-- > 0;) {
    const Member* member = frames_[i].member;
    if (member != nullptr && !member->section.empty()) return member->section;
  }
  return target_.section;
}

int Reader::complain(std::string problem) {
  findings_.push_back({pointer(), std::move(problem), std::string(section())});
  if (findings_.size() < kMaxFindings) return 1;
  findings_.push_back({"", "more is wrong, but only this much is shown", ""});
  return 0;
}

int Reader::complain_about_type(const Type& type, std::string_view found) {
  return complain("must be " + std::string(type.wanted) + ", is " + std::string(found));
}

int Reader::complain_about_text(std::string_view what, size_t offset) {
  findings_.push_back({"", std::string(what) + ": " + describe_place(json_, offset), ""});
  return 0;
}

void Reader::check_required(Frame& frame) {
  const std::span<const Member> members = frame.type->members;
  for (size_t i = 0; i < members.size(); i++) {
    if (members[i].presence != Presence::Required) continue;
    if ((frame.given & (uint64_t{1} << i)) != 0) continue;
    frame.member = &members[i];     // so that the pointer names it
    (void)complain("is required");  // the object ends anyway
  }
  frame.member = nullptr;
}

// --- places ------------------------------------------------------------------------------------

Reader::Slot Reader::next_slot() {
  Frame* frame = top();
  if (frame == nullptr) return {&target_.type, target_.place};
  switch (frame->type->shape) {
    case Shape::Array:
      frame->index++;
      return {frame->type->element, nullptr};
    case Shape::Map:
      return {frame->element == nullptr ? nullptr : frame->type->element, frame->element};
    default:
      if (frame->member == nullptr) return {};
      return {frame->member->type, frame->member->locate(frame->place)};
  }
}

void* Reader::make_place(const Slot& slot, Frame* frame) {
  void* place = slot.place == nullptr ? frame->type->add_element(frame->place) : slot.place;
  return slot.type->emplace == nullptr ? place : slot.type->emplace(place);
}

// --- what yajl calls ---------------------------------------------------------------------------

int Reader::on_null() {
  if (skipped_depth_ > 0) return 1;
  const Slot slot = next_slot();
  if (slot.type == nullptr) return 1;
  Frame* frame = top();
  if (frame == nullptr || frame->type->shape != Shape::Object) {
    return complain_about_type(*slot.type, "null");
  }
  // A member that is null is absent, as all engines have it.
  frame->given &= ~(uint64_t{1} << (frame->member - frame->type->members.data()));
  return 1;
}

int Reader::on_boolean(bool value) {
  if (skipped_depth_ > 0) return 1;
  const Slot slot = next_slot();
  if (slot.type == nullptr) return 1;
  if (slot.type->shape != Shape::Boolean) {
    return complain_about_type(*slot.type, value ? "true" : "false");
  }
  *static_cast<bool*>(make_place(slot, top())) = value;
  return 1;
}

int Reader::on_number(std::string_view text) {
  if (skipped_depth_ > 0) return 1;
  const Slot slot = next_slot();
  if (slot.type == nullptr) return 1;
  if (slot.type->shape != Shape::Number || !slot.type->read_number(make_place(slot, top()), text)) {
    return complain_about_type(*slot.type, text.size() <= 40 ? text : "a longer number");
  }
  return 1;
}

int Reader::on_string(std::string_view text) {
  if (skipped_depth_ > 0) return 1;
  const Slot slot = next_slot();
  if (slot.type == nullptr) return 1;
  if (slot.type->shape != Shape::String) {
    // Where an array is wanted, such as env, the string may be a secret.
    const bool is_shown = slot.type->shape != Shape::Array;
    return complain_about_type(*slot.type, is_shown ? quoted(text) : "a string");
  }
  if (text.find('\0') != std::string_view::npos) {
    // It would end there for the kernel, but not for whoever checked it.
    return complain("must not contain a NUL character");
  }
  static_cast<std::string*>(make_place(slot, top()))->assign(text);
  return 1;
}

int Reader::on_key(std::string_view key) {
  if (skipped_depth_ > 0) return 1;
  Frame& frame = *top();
  if (frame.type->shape == Shape::Map) {
    frame.key.assign(key);
    if (key.find('\0') != std::string_view::npos) {
      frame.element = nullptr;
      return complain("must not have a NUL character in its name");
    }
    frame.element = frame.type->add_key(frame.place, key);
    return frame.element != nullptr ? 1 : complain("is given twice");
  }

  frame.member = nullptr;
  for (const Member& member : frame.type->members) {
    if (member.key != key) continue;
    frame.member = &member;
    const uint64_t bit = uint64_t{1} << (&member - frame.type->members.data());
    if ((frame.given & bit) == 0) {
      frame.given |= bit;
      return 1;
    }
    // Readers differ in which of the two they take, so what one has checked another may not run.
    const int go_on = complain("is given twice");
    frame.member = nullptr;
    return go_on;
  }
  return 1;
}

int Reader::on_open(Shape shape) {
  if (depth_ + skipped_depth_ >= kMaxDepth) {
    return complain_about_text("has more than 64 levels", offset() - 1);
  }
  if (skipped_depth_ > 0) {
    skipped_depth_++;
    return 1;
  }
  const Slot slot = next_slot();
  if (slot.type == nullptr) {
    skipped_depth_ = 1;
    return 1;
  }
  const Shape wanted = slot.type->shape == Shape::Map ? Shape::Object : slot.type->shape;
  if (wanted != shape) {
    skipped_depth_ = 1;
    return complain_about_type(*slot.type, shape == Shape::Array ? "an array" : "an object");
  }

  assert(depth_ < kMaxFrames);
  void* const place = make_place(slot, top());
  Frame& frame = frames_[depth_++];
  frame.type = slot.type;
  frame.place = place;
  frame.member = nullptr;
  frame.given = 0;
  frame.index = SIZE_MAX;
  if (slot.type == target_.spanned && span_depth_ == 0) {
    span_depth_ = depth_;
    span_begin_ = offset() - 1;
  }
  return 1;
}

int Reader::on_close() {
  if (skipped_depth_ > 0) {
    skipped_depth_--;
    return 1;
  }
  check_required(*top());
  if (span_depth_ == depth_) {
    *target_.span = json_.substr(span_begin_, offset() - span_begin_);
    span_depth_ = 0;
  }
  depth_--;
  return findings_.size() <= kMaxFindings ? 1 : 0;
}

// --- yajl --------------------------------------------------------------------------------------

std::string_view text_of(const unsigned char* bytes, size_t length) {
  return {reinterpret_cast<const char*>(bytes), length};
}

Reader& reader_of(void* context) {
  return *static_cast<Reader*>(context);
}

constexpr yajl_callbacks kCallbacks = {
    .yajl_null = [](void* context) { return reader_of(context).on_null(); },
    .yajl_boolean = [](void* context,
                       int value) { return reader_of(context).on_boolean(value != 0); },
    .yajl_integer = nullptr,
    .yajl_double = nullptr,
    .yajl_number =
        [](void* context, const char* text, size_t length) {
          return reader_of(context).on_number({text, length});
        },
    .yajl_string =
        [](void* context, const unsigned char* text, size_t length) {
          return reader_of(context).on_string(text_of(text, length));
        },
    .yajl_start_map = [](void* context) { return reader_of(context).on_open(Shape::Object); },
    .yajl_map_key = [](void* context, const unsigned char* key,
                       size_t length) { return reader_of(context).on_key(text_of(key, length)); },
    .yajl_end_map = [](void* context) { return reader_of(context).on_close(); },
    .yajl_start_array = [](void* context) { return reader_of(context).on_open(Shape::Array); },
    .yajl_end_array = [](void* context) { return reader_of(context).on_close(); },
};

/// The parser's own words ("parse error: trailing garbage\n"), without the line's end.
std::string words_of(yajl_handle parser) {
  unsigned char* text = yajl_get_error(parser, 0, nullptr, 0);
  if (text == nullptr) return "unknown error";
  std::string_view words = reinterpret_cast<const char*>(text);
  while (words.ends_with('\n') || words.ends_with('.')) words.remove_suffix(1);
  std::string copy(words);
  yajl_free_error(parser, text);
  return copy;
}

std::vector<Finding> Reader::read() {
  if (json_.size() > kMaxBytes) {
    return {{"", "is larger than 64 MiB", ""}};
  }
  if (const std::optional<size_t> bad = find_bad_text(json_)) {
    return {
        {"", "is not JSON: a character that is not Unicode: " + describe_place(json_, *bad), ""}};
  }
  // It takes the callbacks as not const, but only reads them (yajl_parser.c).
  parser_ = yajl_alloc(&kCallbacks, nullptr, this);
  assert(parser_ != nullptr);                                 // as for all of our own memory
  (void)yajl_config(parser_, yajl_dont_validate_strings, 1);  // we just did, and better

  const auto* text = reinterpret_cast<const unsigned char*>(json_.data());
  yajl_status status = yajl_parse(parser_, text, json_.size());
  size_t place = offset();
  if (status == yajl_status_ok) {
    status = yajl_complete_parse(parser_);
    place = json_.size() + 1;
  }
  if (status == yajl_status_error) {
    const std::string words = words_of(parser_);
    // A token that may not stand here has been read to its end, so point into it; inside a string
    // the place is that of the bad character already.
    if (words.starts_with("parse error") || words.ends_with("invalid char in json text")) place--;
    (void)complain_about_text("is not JSON: " + words, place);
  }
  yajl_free(parser_);
  return std::move(findings_);
}

}  // namespace

std::vector<Finding> read_document(std::string_view json, const Target& target) {
  return Reader(json, target).read();
}

}  // namespace ocirt::spec
