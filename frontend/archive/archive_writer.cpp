// Writes an archive of images.
#include "frontend/archive/archive_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "frontend/images/store.h"
#include "frontend/unpack/tar_encoder.h"
#include "sys/file.h"

namespace ocirt::archive {

namespace {

constexpr size_t kChunk = 256 << 10;
constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

Result<> make_directories(int root, const std::string& name) {
  for (size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', slash + 1)) {
    if (::mkdirat(root, name.substr(0, slash).c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
      return last_error(fmt::format("make \"{}\"", name.substr(0, slash)));
    }
  }
  return {};
}

// A source of bytes that lie in a file.
ByteSource source_of(int fd) {
  return [fd](std::span<char> buffer) -> Result<size_t> {
    while (true) {
      const ssize_t got = ::read(fd, buffer.data(), buffer.size());
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) return last_error("read what was kept aside");
    }
  };
}

}  // namespace

Result<ArchiveWriter> ArchiveWriter::to_file(const std::string& path, int scratch) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    return to_fd(TRY(sys::open_at(AT_FDCWD, path.c_str(), O_WRONLY | O_NOCTTY)), scratch);
  }
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  ArchiveWriter writer;
  writer.is_tar_ = true;
  writer.is_seekable_ = true;
  writer.scratch_ = scratch;
  writer.name_ = slash == std::string::npos ? path : path.substr(slash + 1);
  writer.directory_ = TRY(sys::open_at(AT_FDCWD, folder.c_str(), O_RDONLY | O_DIRECTORY));
  const std::string making = fmt::format(".{}.{}", writer.name_, ::getpid());
  writer.output_ =
      TRY(sys::create_file(writer.directory_.get(), making.c_str(), O_RDWR, kFileMode));
  writer.making_ = making;
  return writer;
}

Result<ArchiveWriter> ArchiveWriter::to_fd(UniqueFd output, int scratch) {
  ArchiveWriter writer;
  writer.is_tar_ = true;
  writer.output_ = std::move(output);
  writer.scratch_ = scratch;
  return writer;
}

Result<ArchiveWriter> ArchiveWriter::to_directory(const std::string& path) {
  if (::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
    return last_error(fmt::format("make \"{}\"", path));
  }
  ArchiveWriter writer;
  writer.directory_ = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY));
  if (!images::list_directory(writer.directory_.get()).empty()) {
    return make_error(ErrorKind::AlreadyExists, fmt::format("\"{}\" is not empty", path));
  }
  return writer;
}

ArchiveWriter::~ArchiveWriter() {
  if (output_ && !making_.empty()) (void)::unlinkat(directory_.get(), making_.c_str(), 0);
}

Result<> ArchiveWriter::put_header(const std::string& name, uint64_t size) {
  return sys::write_all(output_.get(), unpack::encode_tar_entry(
                                           {.name = name, .mode = kFileMode, .stored_size = size}));
}

Result<> ArchiveWriter::add_directory(const std::string& name) {
  if (!is_tar_) return make_directories(directory_.get(), name + '/');
  return sys::write_all(output_.get(), unpack::encode_tar_entry({.type = unpack::TarType::Directory,
                                                                 .name = name + '/',
                                                                 .mode = kDirectoryMode}));
}

Result<> ArchiveWriter::add(const std::string& name, std::string_view text) {
  names_.insert(name);
  if (!is_tar_) {
    TRY(make_directories(directory_.get(), name));
    const size_t slash = name.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : name.substr(0, slash);
    const UniqueFd parent =
        TRY(sys::open_at(directory_.get(), folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return sys::replace_file(
        parent.get(), name.c_str() + (slash == std::string::npos ? 0 : slash + 1), text, kFileMode);
  }
  TRY(put_header(name, text.size()));
  TRY(sys::write_all(output_.get(), text));
  return sys::write_all(output_.get(), std::string(unpack::tar_padding(text.size()), '\0'));
}

Result<> ArchiveWriter::add(const std::string& name, const ByteSource& source, uint64_t size) {
  if (!is_tar_) return TRY(add_measured_file(source, [&] { return name; })), Result<>{};
  names_.insert(name);
  TRY(put_header(name, size));
  if (TRY(copy(source, output_.get())) != size) {
    return make_error(ErrorKind::Bug, fmt::format("\"{}\" has another size than it should", name));
  }
  return sys::write_all(output_.get(), std::string(unpack::tar_padding(size), '\0'));
}

Result<uint64_t> ArchiveWriter::add_measured(const ByteSource& source,
                                             const std::function<std::string()>& name) {
  if (!is_tar_) return add_measured_file(source, name);
  if (is_seekable_) return add_measured_in_place(source, name);
  const UniqueFd aside = TRY(sys::open_at(scratch_, ".", O_TMPFILE | O_RDWR, S_IRUSR | S_IWUSR));
  const uint64_t size = TRY(copy(source, aside.get()));
  if (::lseek(aside.get(), 0, SEEK_SET) != 0) return last_error("read what was kept aside");
  const std::string known = name();
  if (!has(known)) TRY(add(known, source_of(aside.get()), size));
  return size;
}

Result<uint64_t> ArchiveWriter::add_measured_file(const ByteSource& source,
                                                  const std::function<std::string()>& name) {
  const std::string making = fmt::format(".making.{}", ::getpid());
  const UniqueFd file =
      TRY(sys::create_file(directory_.get(), making.c_str(), O_WRONLY, kFileMode));
  Result<uint64_t> size = copy(source, file.get());
  const std::string known = size ? name() : std::string();
  if (!size) {
    (void)::unlinkat(directory_.get(), making.c_str(), 0);
    return size;
  }
  names_.insert(known);
  TRY(make_directories(directory_.get(), known));
  if (::renameat(directory_.get(), making.c_str(), directory_.get(), known.c_str()) != 0) {
    return last_error(fmt::format("put \"{}\" in place", known));
  }
  return size;
}

// The header is written when all that it says is known.
Result<uint64_t> ArchiveWriter::add_measured_in_place(const ByteSource& source,
                                                      const std::function<std::string()>& name) {
  const off_t header = ::lseek(output_.get(), 0, SEEK_CUR);
  if (header < 0) return last_error("find the archive's end");
  TRY(sys::write_all(output_.get(), std::string(unpack::kTarBlock, '\0')));
  const uint64_t size = TRY(copy(source, output_.get()));
  const std::string known = name();
  if (has(known)) {  // the same bytes are there: these go again
    if (::ftruncate(output_.get(), header) != 0 ||
        ::lseek(output_.get(), header, SEEK_SET) != header) {
      return last_error("shorten the archive");
    }
    return size;
  }
  names_.insert(known);
  const std::string block =
      unpack::encode_tar_entry({.name = known, .mode = kFileMode, .stored_size = size});
  if (block.size() != unpack::kTarBlock) {
    return make_error(ErrorKind::Unsupported, fmt::format("\"{}\" has {} bytes", known, size));
  }
  if (::pwrite(output_.get(), block.data(), block.size(), header) !=
      static_cast<ssize_t>(block.size())) {
    return last_error("write the archive");
  }
  TRY(sys::write_all(output_.get(), std::string(unpack::tar_padding(size), '\0')));
  return size;
}

Result<uint64_t> ArchiveWriter::copy(const ByteSource& source, int output) {
  std::vector<char> buffer(kChunk);
  uint64_t size = 0;
  while (const size_t got = TRY(source(buffer))) {
    if (Result<> put = sys::write_all(output, {buffer.data(), got}); !put) {
      put.error().text = "write the archive: " + put.error().text;
      return std::move(put).error();
    }
    size += got;
  }
  return size;
}

Result<> ArchiveWriter::finish() {
  if (!is_tar_) return {};
  TRY(sys::write_all(output_.get(), unpack::tar_end()));
  if (making_.empty()) return {};
  if (::renameat(directory_.get(), making_.c_str(), directory_.get(), name_.c_str()) != 0) {
    return last_error(fmt::format("put \"{}\" in place", name_));
  }
  making_.clear();
  return {};
}

}  // namespace ocirt::archive
