// An archive of images as files by name.
#include "frontend/archive/archive_files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "frontend/unpack/inflater.h"
#include "frontend/unpack/tree_writer.h"
#include "sys/file.h"

namespace ocirt::archive {

namespace {

constexpr size_t kChunk = 256 << 10;
constexpr size_t kBlock = 512;
constexpr size_t kMostFiles = 1 << 20;
constexpr int kMostLinks = 10;

Result<size_t> read_some(int fd, std::span<char> buffer) {
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return last_error("read the archive");
  }
}

Result<UniqueFd> nameless_file(int scratch) {
  constexpr mode_t kPrivate = 0600;
  Result<UniqueFd> file = sys::open_at(scratch, ".", O_TMPFILE | O_RDWR, kPrivate);
  if (!file) file.error().text = "make a file for the archive: " + file.error().text;
  return file;
}

// The uncompressed bytes of `input` in a file without a name.
Result<UniqueFd> copy_inflated(int input, int scratch) {
  UniqueFd file = TRY(nameless_file(scratch));
  unpack::Inflater inflater;
  std::vector<char> compressed(kChunk);
  std::vector<char> plain(kChunk);
  while (const size_t got = TRY(read_some(input, compressed))) {
    std::string_view left(compressed.data(), got);
    while (true) {
      const size_t made = TRY(inflater.inflate(left, plain));
      if (made == 0 && left.empty()) break;
      if (Result<> put = sys::write_all(file.get(), {plain.data(), made}); !put) {
        put.error().text = "keep the archive's bytes: " + put.error().text;
        return std::move(put).error();
      }
    }
  }
  TRY(inflater.finish());
  return file;
}

// Whether it begins with what says gzip, zstd, bzip2 or xz.
bool is_compressed(int fd) {
  std::string magic(6, '\0');
  const ssize_t got = ::pread(fd, magic.data(), magic.size(), 0);
  magic.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
  return magic.starts_with("\x1f\x8b") || magic.starts_with("\x28\xb5\x2f\xfd") ||
         magic.starts_with("BZh") ||
         magic.starts_with(
             "\xfd"
             "7zXZ");
}

}  // namespace

Result<ArchiveFiles> ArchiveFiles::open(const std::string& path, int scratch) {
  UniqueFd fd = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_NOCTTY));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return last_error(fmt::format("look at \"{}\"", path));
  if (!S_ISDIR(info.st_mode)) return open_fd(std::move(fd), scratch);
  ArchiveFiles files;
  files.directory_.emplace(std::move(fd));
  return files;
}

Result<ArchiveFiles> ArchiveFiles::open_fd(UniqueFd input, int scratch) {
  ArchiveFiles files;
  struct stat info {};
  if (::fstat(input.get(), &info) != 0) return last_error("look at the archive");
  const bool at_its_start = ::lseek(input.get(), 0, SEEK_CUR) == 0;
  const bool as_it_is = S_ISREG(info.st_mode) && at_its_start && !is_compressed(input.get());
  files.tar_ = as_it_is ? std::move(input) : TRY(copy_inflated(input.get(), scratch));
  TRY(files.index_tar());
  return files;
}

// Reads headers, and leaps over what lies between them.
Result<> ArchiveFiles::index_tar() {
  uint64_t at = 0;
  std::string block(kBlock, '\0');
  auto reader = std::make_unique<unpack::TarReader>();
  while (true) {
    const ssize_t got = ::pread(tar_.get(), block.data(), kBlock, static_cast<off_t>(at));
    if (got < 0) return last_error("read the archive");
    if (got < static_cast<ssize_t>(kBlock)) break;
    std::string_view input = block;
    at += kBlock;
    while (true) {
      const unpack::TarPiece piece = TRY(reader->next(input));
      if (piece.kind == unpack::TarPiece::Kind::NeedMore) break;
      if (piece.kind != unpack::TarPiece::Kind::Entry) continue;
      const unpack::TarEntry& entry = reader->entry();
      TRY(note(entry, at));
      at += (entry.stored_size + kBlock - 1) / kBlock * kBlock;
      reader = std::make_unique<unpack::TarReader>();
      break;
    }
  }
  if (places_.empty()) return make_error(ErrorKind::InvalidConfig, "it is no tar archive");
  return {};
}

Result<> ArchiveFiles::note(const unpack::TarEntry& entry, uint64_t offset) {
  const Result<std::string> name = unpack::clean_name(entry.name);
  if (!name) return {};  // leads out of the archive: nobody asks for it
  if (places_.size() == kMostFiles) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("the archive has more than {} files", kMostFiles));
  }
  Place place{.offset = offset, .size = entry.stored_size, .link = {}};
  if (entry.type == unpack::TarType::HardLink) {
    place.link = unpack::clean_name(entry.link).value_or(std::string());
  } else if (entry.type == unpack::TarType::Symlink) {
    const size_t slash = name->rfind('/');
    const std::string folder = slash == std::string::npos ? "" : name->substr(0, slash + 1);
    place.link = unpack::clean_name(folder + entry.link).value_or(std::string());
  } else if (entry.type != unpack::TarType::File || entry.is_sparse) {
    return {};
  }
  places_[*name] = std::move(place);
  return {};
}

bool ArchiveFiles::has(const std::string& name) const {
  return find(name).has_value();
}

Result<ArchiveFiles::Part> ArchiveFiles::find(const std::string& name) const {
  if (directory_) {
    Part part;
    part.own = TRY(directory_->open({name}, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (::fstat(part.own.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
      return make_error(ErrorKind::NotFound, fmt::format("\"{}\" in the archive is no file", name));
    }
    part.fd = part.own.get();
    part.size = static_cast<uint64_t>(info.st_size);
    return part;
  }
  std::string wanted = TRY(unpack::clean_name(name));
  for (int links = 0; links < kMostLinks; ++links) {
    const auto found = places_.find(wanted);
    if (found == places_.end()) break;
    if (found->second.link.empty()) {
      return Part{.fd = tar_.get(), .offset = found->second.offset, .size = found->second.size};
    }
    wanted = found->second.link;
  }
  return make_error(ErrorKind::NotFound, fmt::format("the archive has no \"{}\"", name));
}

Result<std::string> ArchiveFiles::read(const std::string& name, size_t most_bytes) const {
  const Part part = TRY(find(name));
  if (part.size > most_bytes) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("\"{}\" in the archive has {} bytes, more than {}", name,
                                  part.size, most_bytes));
  }
  std::string text(part.size, '\0');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::pread(part.fd, text.data() + done, text.size() - done,
                                static_cast<off_t>(part.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return make_error(ErrorKind::InvalidConfig, "the archive was cut off");
    done += static_cast<size_t>(got);
  }
  return text;
}

Result<ByteSource> ArchiveFiles::stream(const std::string& name) const {
  const auto part = std::make_shared<Part>(TRY(find(name)));  // std::function has to be copyable
  return ByteSource([part](std::span<char> buffer) -> Result<size_t> {
    const size_t wanted = std::min<uint64_t>(buffer.size(), part->size);
    if (wanted == 0) return size_t{0};
    while (true) {
      const ssize_t got =
          ::pread(part->fd, buffer.data(), wanted, static_cast<off_t>(part->offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return last_error("read the archive");
      if (got == 0) return make_error(ErrorKind::InvalidConfig, "the archive was cut off");
      part->offset += static_cast<size_t>(got);
      part->size -= static_cast<size_t>(got);
      return static_cast<size_t>(got);
    }
  });
}

}  // namespace ocirt::archive
