// Memory for what passes through a monitor: large while output flows, nothing while it is quiet.
#include "shim/buffers.h"

#include <sys/mman.h>

#include <utility>

namespace ocirt::shim {

Result<Buffers> Buffers::make() {
  void* memory = ::mmap(nullptr, kInput + kOutput, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return last_error("map buffers");
  return Buffers(static_cast<char*>(memory));
}

Buffers::Buffers(Buffers&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), is_large_(other.is_large_) {}

Buffers::~Buffers() {
  if (memory_ != nullptr) (void)::munmap(memory_, kInput + kOutput);
}

std::span<char> Buffers::input() {
  return {memory_, kInput};
}

std::span<char> Buffers::output() {
  return {memory_ + kInput, kOutput};
}

void Buffers::give_back() {
  (void)::madvise(memory_, kInput + kOutput, MADV_DONTNEED);  // a failure costs memory only
  is_large_ = false;
}

}  // namespace ocirt::shim
