// One log file: records appended whole or not at all, kept within its limits.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "shim/model/line_frame.h"
#include "shim/model/options.h"

namespace ocirt::shim {

class FileLog {
 public:
  static Result<FileLog> open(const LogTarget& target, const LogLimits& limits);

  /// Appends `data` as records. `scratch` holds at least kLongestRecord bytes. What can't be
  /// written (the disk is full) is counted, and told by a record of its own when there is room
  /// again.
  void write(Stream stream, std::string_view data, const Moment& now, std::span<char> scratch);

  /// Opens the path again: somebody has renamed the file.
  void reopen();

  /// fsync(2).
  void sync() const;

 private:
  FileLog(LogTarget target, const LogLimits& limits)
      : target_(std::move(target)), limits_(limits) {}

  Result<UniqueFd> open_file(const std::string& path, int extra_flags) const;
  void adopt(UniqueFd file);
  [[nodiscard]] Room room() const;
  bool append(std::string_view records);
  void tell_loss(const Moment& now, std::span<char> scratch);
  void start_new_file();

  LogTarget target_;
  LogLimits limits_;
  UniqueFd file_;
  bool is_regular_ = true;
  uint64_t size_ = 0;   // of the file
  uint64_t total_ = 0;  // written since the start
  uint64_t lost_ = 0;   // bytes of records that couldn't be written
  int lost_errno_ = 0;
};

}  // namespace ocirt::shim
