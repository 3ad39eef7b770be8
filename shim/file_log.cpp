// One log file: records appended whole or not at all, kept within its limits.
#include "shim/file_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sys/file.h"

namespace ocirt::shim {
namespace {

constexpr mode_t kMode = 0640;

}  // namespace

Result<FileLog> FileLog::open(const LogTarget& target, const LogLimits& limits) {
  FileLog log(target, limits);
  log.adopt(TRY(log.open_file(target.path, 0)));
  return log;
}

Result<UniqueFd> FileLog::open_file(const std::string& path, int extra_flags) const {
  return sys::open_at(AT_FDCWD, path.c_str(),
                      O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | extra_flags, kMode);
}

void FileLog::adopt(UniqueFd file) {
  struct stat about {};
  is_regular_ = ::fstat(file.get(), &about) == 0 && S_ISREG(about.st_mode);
  size_ = is_regular_ ? static_cast<uint64_t>(about.st_size) : 0;
  file_ = std::move(file);
}

Room FileLog::room() const {
  Room room;
  if (limits_.file_size > 0 && is_regular_) {
    const auto limit = static_cast<uint64_t>(limits_.file_size);
    room.in_file = limit - std::min(limit, size_);
  }
  if (limits_.total_size > 0) {
    const auto limit = static_cast<uint64_t>(limits_.total_size);
    room.in_total = limit - std::min(limit, total_);
  }
  return room;
}

void FileLog::write(Stream stream, std::string_view data, const Moment& now,
                    std::span<char> scratch) {
  if (lost_ > 0) tell_loss(now, scratch);
  const Stamp stamp = target_.driver == LogDriver::JsonFile ? Stamp::utc(now) : Stamp::local(now);
  while (!data.empty()) {
    Room left = room();
    std::string_view part = data;
    if (size_ == 0 && lost_ == 0 && limits_.file_size > 0) {
      // In an empty file a record always fits, be it longer than the limit.
      left.in_file = std::max<uint64_t>(left.in_file, kLongestRecord);
      if (static_cast<uint64_t>(limits_.file_size) < kLongestRecord) part = first_piece(data);
    }
    const Framed framed = frame_lines(target_.driver, stream, stamp, part, left, scratch);
    if (framed.produced > 0) (void)append({scratch.data(), framed.produced});  // a loss is counted
    data.remove_prefix(framed.consumed);
    if (framed.total_is_reached) return;
    if (framed.file_is_full) start_new_file();
  }
}

// A record that is torn would take the next one with it: what isn't whole is cut off again.
bool FileLog::append(std::string_view records) {
  size_t written = 0;
  while (written < records.size()) {
    const ssize_t put = ::write(file_.get(), records.data() + written, records.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      lost_errno_ = errno;
      break;
    }
    written += static_cast<size_t>(put);
  }
  size_t kept = written;
  if (written < records.size()) {
    const size_t last = records.substr(0, written).rfind('\n');
    kept = last == records.npos ? 0 : last + 1;
    if (is_regular_) (void)::ftruncate(file_.get(), static_cast<off_t>(size_ + kept));
    lost_ += records.size() - kept;
  }
  size_ += kept;
  total_ += kept;
  return kept == records.size();
}

void FileLog::tell_loss(const Moment& now, std::span<char> scratch) {
  std::string text = "ocirt-shim: " + std::to_string(lost_) + " bytes of the log are lost";
  const char* reason = ::strerrordesc_np(lost_errno_);
  if (reason != nullptr) text += std::string(": ") + reason;
  text += '\n';
  const Stamp stamp = target_.driver == LogDriver::JsonFile ? Stamp::utc(now) : Stamp::local(now);
  const Framed framed = frame_lines(target_.driver, Stream::Stderr, stamp, text, Room{}, scratch);
  const uint64_t before = lost_;
  lost_ = append({scratch.data(), framed.produced}) ? 0 : before;
}

void FileLog::start_new_file() {
  const std::string& path = target_.path;
  if (limits_.kept_files == 0) {
    const std::string temporary = path + ".tmp";
    Result<UniqueFd> fresh = open_file(temporary, O_TRUNC);
    if (fresh && ::rename(temporary.c_str(), path.c_str()) == 0) return adopt(std::move(*fresh));
  } else {
    for (int number = limits_.kept_files - 1; number > 0; --number) {
      // Missing ones are as good as moved.
      (void)::rename((path + '.' + std::to_string(number)).c_str(),
                     (path + '.' + std::to_string(number + 1)).c_str());
    }
    if (::rename(path.c_str(), (path + ".1").c_str()) == 0) {
      if (Result<UniqueFd> fresh = open_file(path, 0)) return adopt(std::move(*fresh));
    }
  }
  // No new file to be had: empty the one that is open, for the limit is a promise.
  if (::ftruncate(file_.get(), 0) == 0) size_ = 0;
}

void FileLog::reopen() {
  // Without a new file the old one goes on.
  if (Result<UniqueFd> fresh = open_file(target_.path, 0)) adopt(std::move(*fresh));
}

void FileLog::sync() const {
  (void)::fsync(file_.get());  // EINVAL on what isn't a file; a full disk has been told already
}

}  // namespace ocirt::shim
