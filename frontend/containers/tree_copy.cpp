// Files from one tree to another, as a tar stream between two processes.
#include "frontend/containers/tree_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <vector>

#include "frontend/unpack/store_ids.h"
#include "frontend/unpack/tree_tar.h"
#include "frontend/unpack/tree_writer.h"
#include "sys/root_dir.h"

namespace ocirt::containers {

namespace {

constexpr size_t kBuffer = 256 << 10;

// One piece of the archive. False: more is needed.
Result<bool> take_piece(unpack::TarReader& reader, unpack::TreeWriter& writer,
                        std::string_view& input, const ChangeEntry& change, bool& is_left_out) {
  const unpack::TarPiece piece = TRY(reader.next(input));
  switch (piece.kind) {
    case unpack::TarPiece::Kind::NeedMore:
      return false;
    case unpack::TarPiece::Kind::Raw:
      return true;
    case unpack::TarPiece::Kind::Entry: {
      unpack::TarEntry entry = reader.entry();
      is_left_out = change && !change(entry);
      if (!is_left_out) TRY(writer.begin(entry));
      return true;
    }
    case unpack::TarPiece::Kind::Data:
      if (!is_left_out) TRY(writer.data(piece.bytes));
      return true;
    case unpack::TarPiece::Kind::EntryEnd:
      if (!is_left_out) TRY(writer.end());
      return true;
  }
  return true;
}

}  // namespace

Result<> extract_tar(int input, int directory, const ChangeEntry& change) {
  UniqueFd root(::fcntl(directory, F_DUPFD_CLOEXEC, 0));
  if (!root) return last_error("open the directory for an archive");
  unpack::TarReader reader;
  unpack::TreeWriter writer(sys::RootDir(std::move(root)), unpack::Owners::Kept);
  writer.keep_whiteouts();
  std::vector<char> buffer(kBuffer);
  bool is_left_out = false;
  for (;;) {
    const ssize_t got = ::read(input, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error("read an archive");
    if (got == 0) break;
    std::string_view rest(buffer.data(), static_cast<size_t>(got));
    while (TRY(take_piece(reader, writer, rest, change, is_left_out))) {
    }
  }
  if (!reader.is_complete()) {
    return make_error(ErrorKind::InvalidConfig, "the archive ends too early");
  }
  return writer.finish();
}

Result<bool> copy_directory(const Tree& from, const std::string& path, const Tree& to) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return last_error("make a pipe");
  UniqueFd out(ends[0]);
  UniqueFd in(ends[1]);
  const int written = in.get();
  const int read = out.get();
  TreeJob reading = TRY(
      start_in_tree(from,
                    [&](int root) -> Result<> {
                      UniqueFd own(::fcntl(root, F_DUPFD_CLOEXEC, 0));
                      const sys::RootDir tree{std::move(own)};
                      const UniqueFd directory = TRY(tree.open({path}, O_RDONLY | O_DIRECTORY));
                      return unpack::write_tree_tar(directory.get(), ".", written,
                                                    {.owners_are_aside = unpack::has_single_id()});
                    },
                    {read}));
  in.reset();
  TreeJob writing =
      TRY(start_in_tree(to, [&](int root) { return extract_tar(read, root, {}); }, {}));
  out.reset();
  const Result<> was_read = std::move(reading).finish();
  const Result<> was_written = std::move(writing).finish();
  if (!was_read) {
    // A file, or nothing: then nothing has been written either.
    const bool is_none = was_read.error().errno_value == ENOENT ||
                         was_read.error().errno_value == ENOTDIR ||
                         was_read.error().kind == ErrorKind::NotFound;
    if (is_none) return false;
    return was_read.error();
  }
  if (!was_written) return was_written.error();
  return true;
}

}  // namespace ocirt::containers
