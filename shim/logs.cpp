// All places that a container's output is logged to.
#include "shim/logs.h"

#include <utility>

namespace ocirt::shim {

Result<Logs> Logs::open(const Options& options) {
  Logs logs;
  for (const LogTarget& target : options.logs) {
    switch (target.driver) {
      case LogDriver::KubernetesFile:
      case LogDriver::JsonFile:
        logs.files_.push_back(TRY(FileLog::open(target, options.log_limits)));
        break;
      case LogDriver::Journald:
        if (!logs.journal_lines_) logs.journal_lines_.emplace(options);
        break;
      case LogDriver::None:
      case LogDriver::Passthrough:
        break;
    }
  }
  return logs;
}

void Logs::write(Stream stream, std::string_view data, std::span<char> scratch) {
  if (!files_.empty()) {
    const Moment now = clock_.now();
    for (FileLog& file : files_) file.write(stream, data, now, scratch);
  }
  if (journal_lines_) {
    journal_lines_->feed(stream, data, [&](const std::string& record) { journal_.send(record); });
  }
}

void Logs::reopen() {
  for (FileLog& file : files_) file.reopen();
}

void Logs::finish(bool to_disk) {
  if (journal_lines_) {
    journal_lines_->finish([&](const std::string& record) { journal_.send(record); });
  }
  if (!to_disk) return;
  for (const FileLog& file : files_) file.sync();
}

}  // namespace ocirt::shim
