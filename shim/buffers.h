// Memory for what passes through a monitor: large while output flows, nothing while it is quiet.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "shim/model/line_frame.h"

namespace ocirt::shim {

/// Two buffers that the kernel gives pages to when they are touched, and takes them back from when
/// nothing has happened for a while.
class Buffers {
 public:
  static Result<Buffers> make();
  Buffers(Buffers&& other) noexcept;
  Buffers& operator=(Buffers&&) = delete;
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;
  ~Buffers();

  /// What was read: as much as a pipe holds.
  [[nodiscard]] std::span<char> input();
  /// What will be written.
  [[nodiscard]] std::span<char> output();

  /// Notes that `bytes` of the input were in use.
  void touch(size_t bytes) { is_large_ = is_large_ || bytes > kPage; }
  [[nodiscard]] bool is_large() const { return is_large_; }
  void give_back();

 private:
  explicit Buffers(char* memory) : memory_(memory) {}

  static constexpr size_t kPage = 4096;
  static constexpr size_t kInput = 64 * 1024;
  static constexpr size_t kOutput = 128 * 1024;
  static_assert(kOutput >= kLongestRecord);
  char* memory_;
  bool is_large_ = false;
};

}  // namespace ocirt::shim
