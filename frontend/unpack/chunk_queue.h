// Hands buffers from the thread that decompresses to the one that writes files, and back.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace ocirt::unpack {

/// A ring of buffers between one writer and one reader. It bounds the memory of a layer, however
/// large it is.
class ChunkQueue {
 public:
  static constexpr size_t kChunkSize = 256 << 10;
  static constexpr size_t kChunks = 6;

  struct Chunk {
    std::vector<char> bytes = std::vector<char>(kChunkSize);
    size_t size = 0;
  };

  /// The writer's next buffer, once the reader has freed one. nullptr: the reader gave up.
  Chunk* to_fill() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return filled_ < kChunks || closed_; });
    return closed_ ? nullptr : &chunks_[write_at_];
  }
  void filled() {
    const std::lock_guard lock(mutex_);
    write_at_ = (write_at_ + 1) % kChunks;
    ++filled_;
    changed_.notify_all();
  }
  /// The writer has nothing more.
  void finish() {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  }

  /// The reader's next buffer. nullptr: there is none any more.
  Chunk* to_read() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return filled_ > 0 || finished_; });
    return filled_ == 0 ? nullptr : &chunks_[read_at_];
  }
  void freed() {
    const std::lock_guard lock(mutex_);
    read_at_ = (read_at_ + 1) % kChunks;
    --filled_;
    changed_.notify_all();
  }
  /// The reader wants nothing more.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Chunk, kChunks> chunks_;
  size_t write_at_ = 0;
  size_t read_at_ = 0;
  size_t filled_ = 0;
  bool finished_ = false;
  bool closed_ = false;
};

}  // namespace ocirt::unpack
