// All places that a container's output is logged to.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "shim/clock.h"
#include "shim/file_log.h"
#include "shim/journal.h"
#include "shim/model/journal_message.h"
#include "shim/model/options.h"

namespace ocirt::shim {

class Logs {
 public:
  static Result<Logs> open(const Options& options);

  /// Writes to each. `scratch` as for FileLog::write.
  void write(Stream stream, std::string_view data, std::span<char> scratch);
  void reopen();
  /// What was held back is written, and all of it goes to disk if `to_disk`.
  void finish(bool to_disk);

 private:
  WallClock clock_;
  std::vector<FileLog> files_;
  std::optional<JournalLines> journal_lines_;
  Journal journal_;
};

}  // namespace ocirt::shim
