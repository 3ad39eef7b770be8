// The one error system: Error, Result<T> and TRY. Used by every program and layer.
#include "base/result.h"

#include <cerrno>
#include <cstring>

namespace ocirt {

namespace {

ErrorKind kind_of(int errno_value) {
  switch (errno_value) {
    case ENOENT:
      return ErrorKind::NotFound;
    case EEXIST:
      return ErrorKind::AlreadyExists;
    case EPERM:
    case EACCES:
      return ErrorKind::Denied;
    default:
      return ErrorKind::System;
  }
}

// strerror() looks into locale files; strerrordesc_np() reads a table, so it is also fit for code
// between clone and exec.
std::string_view describe(int errno_value) {
  const char* words = strerrordesc_np(errno_value);
  return words == nullptr ? "unknown error" : words;
}

}  // namespace

std::string Error::message() const {
  if (errno_value == 0) return text;
  return text + ": " + std::string(describe(errno_value));
}

Error make_error(ErrorKind kind, std::string text) {
  return Error{.kind = kind, .errno_value = 0, .stage = {}, .text = std::move(text), .hint = {}};
}

Error system_error(int errno_value, std::string text) {
  return Error{.kind = kind_of(errno_value),
               .errno_value = errno_value,
               .stage = {},
               .text = std::move(text),
               .hint = {}};
}

Error last_error(std::string text) {
  return system_error(errno, std::move(text));
}

}  // namespace ocirt
