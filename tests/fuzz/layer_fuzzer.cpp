// Throws bytes at the framing of compressed layers, and at the records from which their tar streams
// are written again.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/unpack/inflater.h"
#include "frontend/unpack/split.h"

namespace {

using namespace ocirt::unpack;  // NOLINT(google-build-using-namespace): all of it is the target

constexpr size_t kEnough = 4 << 20;  // of output: a small input may become very much

void require(bool holds) {
  if (!holds) std::abort();
}

// What the input becomes; nothing if it is broken, or too much.
std::optional<std::string> inflate(std::string_view input, size_t piece_size, size_t room) {
  Inflater inflater;
  std::string all;
  std::vector<char> output(room);
  while (!input.empty()) {
    std::string_view piece = input.substr(0, piece_size);
    input.remove_prefix(piece.size());
    int idle = 0;
    while (true) {
      const size_t before = piece.size();
      const ocirt::Result<size_t> made = inflater.inflate(piece, output);
      if (!made) return std::nullopt;
      require(*made <= output.size() && piece.size() <= before);
      all.append(output.data(), *made);
      if (all.size() > kEnough) return std::nullopt;
      if (*made == 0 && piece.empty()) break;
      // It may take a turn to see where it is, but not for ever.
      idle = *made == 0 && piece.size() == before ? idle + 1 : 0;
      require(idle < 4);
    }
  }
  if (!inflater.finish()) return std::nullopt;
  return all;
}

void split(std::string_view text) {
  const int fd = ::memfd_create("split", MFD_CLOEXEC);
  require(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  require(::lseek(fd, 0, SEEK_SET) == 0);
  size_t records = 0;
  (void)read_split(fd, [&](const SplitRecord&) -> ocirt::Result<> {
    constexpr size_t kMost = 1 << 16;
    if (++records > kMost) return ocirt::make_error(ocirt::ErrorKind::System, "enough");
    return {};
  });
  ::close(fd);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  constexpr size_t kRoom = 64 << 10;
  const std::optional<std::string> whole = inflate(text, size == 0 ? 1 : size, kRoom);
  const size_t piece_size = size == 0 ? 1 : 1 + bytes[size - 1] % 61;
  const std::optional<std::string> pieces = inflate(text, piece_size, kRoom / 16);
  require(whole == pieces);
  split(text);
  return 0;
}
