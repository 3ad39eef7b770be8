// How the structs of config.h map to JSON: one description, which the reader and the writer walk.
//
// A struct is described by a table of its members (schema.cpp); the description of a member's type
// follows from its C++ type. All of it is constant data, made at compile time.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/json_writer.h"

namespace ocirt::spec {

enum class Shape : uint8_t { Boolean, Number, String, Array, Map, Object };

struct Member;

/// Called with each element of an array or map; `key` is empty for an array's.
using Visit = void (*)(void* context, std::string_view key, const void* element);

/// What JSON a C++ type is made from, and how. Functions that don't belong to the shape are null.
struct Type {
  Shape shape = Shape::Object;
  std::string_view wanted;  // in words: "a string"

  // Of a std::optional: makes a value in it, and looks for one (null: none). Otherwise null.
  void* (*emplace)(void* optional) = nullptr;
  const void* (*peek)(const void* optional) = nullptr;

  // Of a number: false when `text` is not one that the type can hold.
  bool (*read_number)(void* number, std::string_view text) = nullptr;
  void (*write_number)(const void* number, JsonWriter& json) = nullptr;

  // Of an array or map. Adding a key that is there already gives null.
  const Type* element = nullptr;
  void* (*add_element)(void* array) = nullptr;
  void* (*add_key)(void* map, std::string_view key) = nullptr;
  void (*for_each)(const void* container, Visit visit, void* context) = nullptr;
  bool (*is_empty)(const void* container) = nullptr;

  // Of an object, in the spec's order; at most 64.
  std::span<const Member> members = {};
};

enum class Presence : uint8_t { Optional, Required };

/// A member of a struct.
struct Member {
  std::string_view key;
  const Type* type = nullptr;
  void* (*locate)(void* object) = nullptr;
  Presence presence = Presence::Optional;
  std::string_view section;  // of the spec; empty: that of what it stands in
};

/// The members of `Struct`; schema.cpp specialises it.
template <typename Struct>
struct Members;

// --- from a C++ type to its Type ---------------------------------------------------------------

template <typename Number>
constexpr std::string_view number_in_words() {
  if constexpr (std::same_as<Number, uint16_t>) return "a whole number from 0 to 65535";
  if constexpr (std::same_as<Number, uint32_t>) return "a whole number from 0 to 4294967295";
  if constexpr (std::same_as<Number, uint64_t>)
    return "a whole number from 0 to 18446744073709551615";
  if constexpr (std::same_as<Number, int32_t>)
    return "a whole number from -2147483648 to 2147483647";
  if constexpr (std::same_as<Number, int64_t>)
    return "a whole number from -9223372036854775808 to 9223372036854775807";
}

template <typename Number>
bool read_number(void* number, std::string_view text) {
  // from_chars takes neither fractions nor exponents, and for unsigned types no sign.
  Number value = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return false;
  *static_cast<Number*>(number) = value;
  return true;
}

template <typename T>
struct Describe;

/// The description of `T`.
template <typename T>
inline constexpr Type kType = Describe<T>::type();

template <>
struct Describe<bool> {
  static constexpr Type type() { return {.shape = Shape::Boolean, .wanted = "true or false"}; }
};

template <std::integral Number>
struct Describe<Number> {
  static constexpr Type type() {
    return {.shape = Shape::Number,
            .wanted = number_in_words<Number>(),
            .read_number = read_number<Number>,
            .write_number = [](const void* number, JsonWriter& json) {
              json.value(*static_cast<const Number*>(number));
            }};
  }
};

template <>
struct Describe<std::string> {
  static constexpr Type type() { return {.shape = Shape::String, .wanted = "a string"}; }
};

template <typename Element>
struct Describe<std::vector<Element>> {
  using Vector = std::vector<Element>;
  static constexpr Type type() {
    return {
        .shape = Shape::Array,
        .wanted = "an array",
        .element = &kType<Element>,
        .add_element = [](void* array) -> void* {
          return &static_cast<Vector*>(array)->emplace_back();
        },
        .for_each =
            [](const void* array, Visit visit, void* context) {
              for (const Element& element : *static_cast<const Vector*>(array)) {
                visit(context, {}, &element);
              }
            },
        .is_empty = [](const void* array) { return static_cast<const Vector*>(array)->empty(); }};
  }
};

template <typename Element>
struct Describe<std::map<std::string, Element>> {
  using Map = std::map<std::string, Element>;
  static constexpr Type type() {
    return {.shape = Shape::Map,
            .wanted = "an object",
            .element = &kType<Element>,
            .add_key = [](void* map, std::string_view key) -> void* {
              auto [entry, is_new] = static_cast<Map*>(map)->try_emplace(std::string(key));
              return is_new ? &entry->second : nullptr;
            },
            .for_each =
                [](const void* map, Visit visit, void* context) {
                  for (const auto& [key, element] : *static_cast<const Map*>(map)) {
                    visit(context, key, &element);
                  }
                },
            .is_empty = [](const void* map) { return static_cast<const Map*>(map)->empty(); }};
  }
};

template <typename T>
struct Describe<std::optional<T>> {
  using Optional = std::optional<T>;
  static constexpr Type type() {
    Type type = Describe<T>::type();
    type.emplace = [](void* optional) -> void* {
      return &static_cast<Optional*>(optional)->emplace();
    };
    type.peek = [](const void* optional) -> const void* {
      const Optional& value = *static_cast<const Optional*>(optional);
      return value ? &*value : nullptr;
    };
    return type;
  }
};

/// Everything else is a struct with a table of members.
template <typename Struct>
struct Describe {
  static constexpr Type type() {
    static_assert(Members<Struct>::kTable.size() <= 64, "the reader has a bit for each member");
    return {.shape = Shape::Object, .wanted = "an object", .members = Members<Struct>::kTable};
  }
};

// --- tables ------------------------------------------------------------------------------------

template <typename Struct, typename Field>
constexpr const Type* type_of(Field Struct::*) {
  return &kType<Field>;
}

template <typename Struct, typename Field, Field Struct::*kPointer>
void* locate(void* object) {
  return &(static_cast<Struct*>(object)->*kPointer);
}

template <auto kPointer>
struct Locate;

template <typename Struct, typename Field, Field Struct::*kPointer>
struct Locate<kPointer> {
  static constexpr void* (*kFunction)(void*) = locate<Struct, Field, kPointer>;
};

/// A row of a table: an optional or a required member.
template <auto kPointer>
constexpr Member optional(std::string_view key, std::string_view section = {}) {
  return {key, type_of(kPointer), Locate<kPointer>::kFunction, Presence::Optional, section};
}

template <auto kPointer>
constexpr Member required(std::string_view key, std::string_view section = {}) {
  return {key, type_of(kPointer), Locate<kPointer>::kFunction, Presence::Required, section};
}

}  // namespace ocirt::spec
