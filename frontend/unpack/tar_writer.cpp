// Writes a layer's tar stream again, byte for byte as it came. Runs in: helper.
#include "frontend/unpack/tar_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "frontend/unpack/split.h"
#include "sys/file.h"
#include "sys/root_dir.h"

namespace ocirt::unpack {

namespace {

constexpr size_t kBuffer = 256 << 10;

Result<> copy_payload(const sys::RootDir& root, const SplitRecord& record, int output,
                      std::vector<char>& buffer) {
  // O_NONBLOCK: where a fifo has taken the file's place.
  const UniqueFd file =
      TRY(root.open({record.bytes}, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("\"{}\" is no file", record.bytes));
  }
  uint64_t done = 0;
  while (done < record.length) {
    const size_t wanted = std::min<uint64_t>(buffer.size(), record.length - done);
    const ssize_t got =
        ::pread(file.get(), buffer.data(), wanted, static_cast<off_t>(record.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error(fmt::format("read \"{}\"", record.bytes));
    if (got == 0) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("\"{}\" is shorter than it was", record.bytes));
    }
    TRY(sys::write_all(output, {buffer.data(), static_cast<size_t>(got)}));
    done += static_cast<uint64_t>(got);
  }
  return {};
}

}  // namespace

Result<> write_tar(int tree, int split, int output) {
  const sys::RootDir root(UniqueFd(::fcntl(tree, F_DUPFD_CLOEXEC, 0)));
  std::vector<char> buffer(kBuffer);
  return read_split(split, [&](const SplitRecord& record) -> Result<> {
    if (!record.is_payload) return sys::write_all(output, record.bytes);
    return copy_payload(root, record, output, buffer);
  });
}

}  // namespace ocirt::unpack
