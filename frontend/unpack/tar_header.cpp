// Cuts a tar stream into entries: what one entry's headers say. Pure: no system calls.
#include <fmt/core.h>

#include "frontend/unpack/tar_fields.h"
#include "frontend/unpack/tar_reader.h"

namespace ocirt::unpack {

namespace {

constexpr uint32_t kModeBits = 07777;
constexpr size_t kLongestName = 4096;  // PATH_MAX
constexpr size_t kMostXattrs = 256;
constexpr size_t kMostSparseParts = 1 << 20;

Error broken(std::string what) {
  return make_error(ErrorKind::InvalidConfig, "broken tar archive: " + std::move(what));
}

Result<TarType> type_of(char type, const std::string& name) {
  switch (type) {
    case '0':
    case '\0':  // before POSIX: a directory is a file whose name ends in a slash
      return name.ends_with('/') ? TarType::Directory : TarType::File;
    case '7':
    case 'S':
      return TarType::File;
    case '1':
      return TarType::HardLink;
    case '2':
      return TarType::Symlink;
    case '3':
      return TarType::CharDevice;
    case '4':
      return TarType::BlockDevice;
    case '5':
      return TarType::Directory;
    case '6':
      return TarType::Fifo;
    default:
      return make_error(ErrorKind::Unsupported,
                        fmt::format("broken tar archive: an entry of unknown type {} (\"{}\")",
                                    static_cast<int>(type), name));
  }
}

}  // namespace

// Everything of the header itself, and the PAX records that change it.
Result<> TarReader::read_basics() {
  const char* block = block_.data();
  entry_ = {};
  entry_.name = text_of(block, kName);
  const std::string_view prefix = text_of(block, kPrefix);
  // GNU's magic is "ustar " and has other fields where POSIX has the prefix.
  if (!prefix.empty() && text_of(block, kMagic) == "ustar") {
    entry_.name = fmt::format("{}/{}", prefix, entry_.name);
  }
  entry_.link = text_of(block, kLinkName);
  const std::optional<uint64_t> mode = number_of(block, kMode);
  const std::optional<uint64_t> uid = number_of(block, kUid);
  const std::optional<uint64_t> gid = number_of(block, kGid);
  const std::optional<uint64_t> size = number_of(block, kSize);
  const std::optional<int64_t> mtime = signed_number_of(block, kMtime);
  if (!mode || !uid || !gid || !size || !mtime) return broken("a field of a header is no number");
  entry_.mode = static_cast<uint32_t>(*mode) & kModeBits;
  entry_.uid = *uid;
  entry_.gid = *gid;
  entry_.stored_size = *size;
  entry_.mtime.seconds = *mtime;
  if (!long_name_.empty()) entry_.name = std::exchange(long_name_, {});
  if (!long_link_.empty()) entry_.link = std::exchange(long_link_, {});

  map_in_data_ = false;
  entry_.file_size = entry_.stored_size;
  for (const auto& [key, value] : std::exchange(pax_, {})) TRY(set_pax(key, value));
  if (!entry_.is_sparse) entry_.file_size = entry_.stored_size;
  entry_.type = TRY(type_of(block[kTypeOffset], entry_.name));
  if (entry_.type == TarType::CharDevice || entry_.type == TarType::BlockDevice) {
    entry_.major = static_cast<uint32_t>(number_of(block, kMajor).value_or(0));
    entry_.minor = static_cast<uint32_t>(number_of(block, kMinor).value_or(0));
  }
  return {};
}

Result<> TarReader::set_pax(const std::string& key, std::string_view value) {
  constexpr std::string_view kXattr = "SCHILY.xattr.";
  const auto set_number = [&](uint64_t& field) -> Result<> {
    const std::optional<uint64_t> number = decimal(value);
    if (!number) return broken(fmt::format("the PAX record {} is no number", key));
    field = *number;
    return {};
  };
  if (key == "path" || key == "GNU.sparse.name") {
    if (key == "path" && entry_.is_sparse) return {};  // GNU.sparse.name has the true one
    entry_.name = value;
  } else if (key == "linkpath") {
    entry_.link = value;
  } else if (key == "uid") {
    return set_number(entry_.uid);
  } else if (key == "gid") {
    return set_number(entry_.gid);
  } else if (key == "size") {
    return set_number(entry_.stored_size);
  } else if (key == "mtime" || key == "atime") {
    const std::optional<TarTime> time = pax_time(value);
    if (!time) return broken(fmt::format("the PAX record {} is no time", key));
    if (key == "mtime") entry_.mtime = *time;
    if (key == "atime") entry_.atime = *time;
  } else if (key == "GNU.sparse.major") {
    map_in_data_ = value == "1";
    entry_.is_sparse = entry_.is_sparse || map_in_data_;
  } else if (key == "GNU.sparse.realsize" || key == "GNU.sparse.size") {
    entry_.is_sparse = true;
    return set_number(entry_.file_size);
  } else if (key == "GNU.sparse.offset") {  // version 0.0: a record for each number
    entry_.is_sparse = true;
    return set_number(entry_.sparse.emplace_back().offset);
  } else if (key == "GNU.sparse.numbytes" && !entry_.sparse.empty()) {
    return set_number(entry_.sparse.back().length);
  } else if (key == "GNU.sparse.map") {
    entry_.is_sparse = true;
    while (!value.empty()) {
      SparsePart part;
      for (uint64_t* field : {&part.offset, &part.length}) {
        const size_t comma = value.find(',');
        const std::optional<uint64_t> number = decimal(value.substr(0, comma));
        if (!number) return broken("a sparse map with words that are no numbers");
        *field = *number;
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
      }
      entry_.sparse.push_back(part);
    }
  } else if (key.starts_with(kXattr)) {
    if (entry_.xattrs.size() == kMostXattrs) return broken("too many xattrs");
    entry_.xattrs.emplace_back(key.substr(kXattr.size()), value);
  }
  return {};
}

void TarReader::add_sparse_pairs(const char* begin, int count) {
  constexpr size_t kDigits = 12;
  for (int i = 0; i < count; ++i) {
    const char* pair = begin + static_cast<size_t>(i) * 2 * kDigits;
    if (pair[0] == 0) return;
    entry_.sparse.push_back({.offset = number_of(pair, {0, kDigits}).value_or(0),
                             .length = number_of(pair, {kDigits, kDigits}).value_or(0)});
  }
}

Result<> TarReader::read_old_sparse_header() {
  const std::optional<uint64_t> real_size = number_of(block_.data(), kRealSize);
  if (!real_size) return broken("the size of a sparse file is no number");
  entry_.is_sparse = true;
  entry_.file_size = *real_size;
  add_sparse_pairs(block_.data() + kSparseInHeader, kPairsInHeader);
  if (block_[kSparseMoreInHeader] == 0) return finish_entry();
  state_ = State::SparseHeader;
  return {};
}

Result<> TarReader::finish_entry() {
  if (entry_.name.size() > kLongestName || entry_.link.size() > kLongestName) {
    return broken(
        fmt::format("a name of {} bytes", std::max(entry_.name.size(), entry_.link.size())));
  }
  if (entry_.name.empty() || entry_.name.find('\0') != std::string::npos ||
      entry_.link.find('\0') != std::string::npos) {
    return broken("an entry whose name is empty or holds a zero byte");
  }
  if (entry_.sparse.size() > kMostSparseParts) return broken("a sparse map without end");
  // Only files have a payload, whatever the size of a link or a directory says (as Go's reader).
  if (entry_.type != TarType::File) entry_.stored_size = 0;
  left_ = entry_.stored_size;
  padding_ = (kBlock - left_ % kBlock) % kBlock;
  state_ = State::Ready;
  if (map_in_data_) {
    extended_.clear();
    map_lines_ = 0;
    state_ = State::SparseMap;
  }
  return {};
}

}  // namespace ocirt::unpack
