// The one error system: Error, Result<T> and TRY. Used by every program and layer.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ocirt {

/// What a caller may branch on.
enum class ErrorKind {
  InvalidConfig,  // the bundle or a command line asks for something that makes no sense
  Unsupported,    // it makes sense, but this build or this host cannot do it
  NotFound,       // a container, file or program that should be there is not
  AlreadyExists,  // an id or file is taken
  BadState,       // the container is in a state that forbids the operation
  Denied,         // the kernel or a policy forbids it
  System,         // any other failed system call
  Bug,            // our own mistake
};

/// A failure, reported once, by whoever decides what to do about it.
///
/// `text` names the object ("mount proc on /proc"), in lower case, without a full stop; the errno's
/// text and the stage are added by `message()`. `stage` is a literal that lives as long as the
/// program. `hint` says what to do, or is empty.
struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::Bug;
  int errno_value = 0;
  std::string_view stage;
  std::string text;
  std::string hint;

  /// One line: the text, then the errno's text in words where there is one.
  [[nodiscard]] std::string message() const;

  Error&& with_hint(std::string words) && {
    hint = std::move(words);
    return std::move(*this);
  }
  Error&& at(std::string_view stage_name) && {
    if (stage.empty()) stage = stage_name;
    return std::move(*this);
  }
};

/// An error of the given kind about the object that `text` names.
[[nodiscard]] Error make_error(ErrorKind kind, std::string text);

/// A failed system call: keeps `errno_value` and derives the kind from it (ENOENT is NotFound,
/// EPERM and EACCES are Denied, EEXIST is AlreadyExists, all others System).
[[nodiscard]] Error system_error(int errno_value, std::string text);

/// The same, with the calling thread's errno. `text` must not be built by calls that change errno:
/// pass it through a function (`system_error(errno, ...)`) where it is.
[[nodiscard]] Error last_error(std::string text);

/// What `TRY` returns from a function that failed.
using Failure = tl::unexpected<Error>;

/// A value or an Error. `Result<>` is success without a value.
template <typename T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
  using Base = tl::expected<T, Error>;

 public:
  using Base::Base;
  Result() = default;
  Result(Error error)  // NOLINT(google-explicit-constructor): `return make_error(...)` is the aim
      : Base(tl::unexpect, std::move(error)) {}
  Result(Failure failure)  // NOLINT(google-explicit-constructor)
      : Base(tl::unexpect, std::move(failure.value())) {}
};

/// What `TRY` yields: the value, or nothing.
template <typename T>
T take_value(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace ocirt

/// The value of `expression`, or a return of its error from the enclosing function.
#define TRY(expression)                                                        \
  ({                                                                           \
    auto try_result_ = (expression);                                           \
    if (!try_result_) return ::ocirt::Failure(std::move(try_result_).error()); \
    ::ocirt::take_value(std::move(try_result_));                               \
  })
