// A layer's bytes become files: decompressed in one thread, hashed and written in another.
#include "frontend/unpack/unpack_layer.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "frontend/digest/digest.h"
#include "frontend/unpack/chunk_queue.h"
#include "frontend/unpack/inflater.h"
#include "frontend/unpack/split.h"
#include "frontend/unpack/tar_reader.h"

namespace ocirt::unpack {

namespace {

Error bomb(std::string what) {
  return make_error(ErrorKind::InvalidConfig, "refusing the layer: " + std::move(what));
}

/// The first thread: from the pipe into the queue.
class InflateThread {
 public:
  InflateThread(int input, const Limits& limits, ChunkQueue& queue)
      : input_(input), limits_(limits), queue_(queue) {}

  void run() {
    result_ = work();
    queue_.finish();
  }
  /// Only after the thread has ended.
  Result<> take_result() { return std::move(result_); }

 private:
  Result<> work() {
    std::vector<char> buffer(kReadSize);
    while (true) {
      const ssize_t got = ::read(input_, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return last_error("read the layer");
      if (got == 0) return inflater_.finish();
      taken_ += static_cast<uint64_t>(got);
      std::string_view input(buffer.data(), static_cast<size_t>(got));
      if (!TRY(inflate_all(input))) return {};
    }
  }

  // False: nobody wants more.
  Result<bool> inflate_all(std::string_view input) {
    while (true) {
      ChunkQueue::Chunk* chunk = queue_.to_fill();
      if (chunk == nullptr) return false;
      chunk->size = TRY(inflater_.inflate(input, chunk->bytes));
      if (chunk->size == 0 && input.empty()) return true;
      if (chunk->size == 0) continue;
      made_ += chunk->size;
      if (made_ > limits_.free_bytes && made_ / limits_.most_ratio > taken_) {
        return bomb(fmt::format("{} bytes unpack to more than {} times as many", taken_,
                                limits_.most_ratio));
      }
      queue_.filled();
    }
  }

  static constexpr size_t kReadSize = 128 << 10;
  int input_;
  const Limits& limits_;
  ChunkQueue& queue_;
  Inflater inflater_;
  uint64_t taken_ = 0;
  uint64_t made_ = 0;
  Result<> result_;
};

/// The second: from the queue into the tree.
class TarThread {
 public:
  TarThread(int split_fd, sys::RootDir root, const UnpackOptions& options)
      : options_(options), tree_(std::move(root), options.owners), split_(split_fd) {}

  Result<> take(std::string_view bytes) {
    hasher_.update(bytes);
    tar_bytes_ += bytes.size();
    if (tar_bytes_ > options_.limits.most_bytes) {
      return bomb(fmt::format("more than {} bytes", options_.limits.most_bytes));
    }
    while (true) {
      const TarPiece piece = TRY(reader_.next(bytes));
      switch (piece.kind) {
        case TarPiece::Kind::NeedMore:
          return {};
        case TarPiece::Kind::Raw:
          TRY(split_.raw(piece.bytes));
          break;
        case TarPiece::Kind::Entry:
          TRY(tree_.begin(reader_.entry()));
          if (tree_.counts().entries > options_.limits.most_entries) {
            return bomb(fmt::format("more than {} entries", options_.limits.most_entries));
          }
          break;
        case TarPiece::Kind::Data:
          TRY(take_data(piece.bytes));
          break;
        case TarPiece::Kind::EntryEnd:
          TRY(record_payload());
          TRY(tree_.end());
          break;
      }
    }
  }

  Result<Unpacked> finish() {
    if (!reader_.is_complete()) {
      return make_error(ErrorKind::InvalidConfig, "broken tar archive: it ends within an entry");
    }
    TRY(tree_.finish());
    TRY(split_.finish());
    return Unpacked{
        .diff_id = hasher_.finish().text(), .tar_bytes = tar_bytes_, .counts = tree_.counts()};
  }

 private:
  // Payload becomes one record for each part of a file without a gap.
  Result<> take_data(std::string_view bytes) {
    while (!bytes.empty()) {
      const uint64_t offset = tree_.file_offset();
      const uint64_t room = tree_.contiguous();
      const std::string_view part = room == 0 ? bytes : bytes.substr(0, room);
      if (tree_.path().empty()) {
        TRY(split_.raw(part));  // a file that isn't made: its bytes are nowhere else
      } else if (offset == run_offset_ + run_length_) {
        run_length_ += part.size();
      } else {
        TRY(record_payload());
        run_offset_ = offset;
        run_length_ = part.size();
      }
      TRY(tree_.data(part));
      bytes.remove_prefix(part.size());
    }
    return {};
  }

  Result<> record_payload() {
    if (run_length_ > 0) TRY(split_.payload(tree_.path(), run_offset_, run_length_));
    run_offset_ = 0;
    run_length_ = 0;
    return {};
  }

  const UnpackOptions& options_;
  Hasher hasher_;
  TarReader reader_;
  TreeWriter tree_;
  SplitWriter split_;
  uint64_t tar_bytes_ = 0;
  uint64_t run_offset_ = 0;
  uint64_t run_length_ = 0;
};

}  // namespace

Result<Unpacked> unpack_layer(int input, int split_fd, sys::RootDir root,
                              const UnpackOptions& options, Result<> (*before_reading)()) {
  ChunkQueue queue;
  InflateThread inflating(input, options.limits, queue);
  TarThread tar(split_fd, std::move(root), options);
  std::mutex gate;
  gate.lock();
  std::thread thread([&] {
    // Not a byte before the process is confined.
    gate.lock();
    gate.unlock();
    inflating.run();
  });
  Result<> result = before_reading();
  if (!result) queue.close();
  gate.unlock();
  while (result) {
    ChunkQueue::Chunk* chunk = queue.to_read();
    if (chunk == nullptr) break;
    result = tar.take({chunk->bytes.data(), chunk->size});
    queue.freed();
  }
  queue.close();
  thread.join();
  // What is wrong with the tar came first; else what stopped its stream.
  if (result) result = inflating.take_result();
  if (!result) return std::move(result).error();
  return tar.finish();
}

}  // namespace ocirt::unpack
