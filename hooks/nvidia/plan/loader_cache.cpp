// Reads and writes the loader's cache. Pure.
#include "hooks/nvidia/plan/loader_cache.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <utility>

namespace ocirt::nvidia {

namespace {

constexpr std::string_view kOldMagic = "ld.so-1.7.0";
constexpr std::string_view kNewMagic = "glibc-ld.so.cache1.1";
constexpr size_t kOldHeader = 16;  // magic, padded, and the number of entries
constexpr size_t kOldEntry = 12;
constexpr size_t kNewHeader = 48;
constexpr size_t kNewEntry = 24;
constexpr size_t kMostEntries = 65536;
constexpr size_t kMostHwcaps = 256;
constexpr size_t kMostSections = 16;
constexpr size_t kLongestPath = 4095;
// Entries may share their strings, so that a small file could ask for gigabytes of memory.
constexpr size_t kMostText = 4 * kLargestLoaderCache;
constexpr uint32_t kExtensionMagic = 0xeaa42174;
constexpr uint32_t kHwcapsTag = 1;
constexpr uint64_t kHwcapExtension = uint64_t{1} << 62;
// cache_file_new::flags, of which the low bits tell the byte order.
constexpr char kOurOrder = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 2 : 3;

Error wrong(const char* what) {
  return make_error(ErrorKind::InvalidConfig, what);
}

// A view of the cache whose offsets count from the new header's start, as those of strings do.
class View {
 public:
  explicit View(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  [[nodiscard]] std::optional<T> number(uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  [[nodiscard]] std::optional<std::string> text(uint64_t offset) const {
    if (offset >= bytes_.size()) return std::nullopt;
    const std::string_view rest = bytes_.substr(offset, kLongestPath + 1);
    const size_t end = rest.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(rest.substr(0, end));
  }

  [[nodiscard]] size_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

// In the combined format the new cache follows the old one, aligned to 8 bytes.
Result<View> find_new_cache(std::string_view file) {
  if (file.starts_with(kNewMagic)) return View(file);
  if (!file.starts_with(kOldMagic)) return wrong("it is no cache of glibc's loader");
  const auto count = View(file).number<uint32_t>(kOldHeader - 4);
  if (!count || *count > kMostEntries) return wrong("its old table is cut off or too long");
  const size_t start = (kOldHeader + *count * kOldEntry + 7) & ~size_t{7};
  if (start > file.size() || !file.substr(start).starts_with(kNewMagic)) {
    return wrong("it is of glibc before 2.2, without the newer table");
  }
  return View(file.substr(start));
}

Result<std::vector<std::string>> parse_hwcaps(const View& view) {
  std::vector<std::string> names;
  const uint64_t start = view.number<uint32_t>(32).value_or(0);
  if (start == 0 || view.number<uint32_t>(start) != kExtensionMagic) return names;
  const uint32_t sections = view.number<uint32_t>(start + 4).value_or(0);
  if (sections > kMostSections) return wrong("it has too many extensions");
  for (uint32_t i = 0; i < sections; ++i) {
    const uint64_t section = start + 8 + uint64_t{i} * 16;
    if (view.number<uint32_t>(section) != kHwcapsTag) continue;
    const auto offset = view.number<uint32_t>(section + 8);
    const auto size = view.number<uint32_t>(section + 12);
    if (!offset || !size || *size / 4 > kMostHwcaps) return wrong("its hwcaps are cut off");
    for (uint32_t j = 0; j < *size / 4; ++j) {
      const auto name = view.number<uint32_t>(uint64_t{*offset} + uint64_t{j} * 4);
      auto text = name ? view.text(*name) : std::nullopt;
      if (!text) return wrong("the name of a hwcap lies outside of it");
      names.push_back(std::move(*text));
    }
  }
  return names;
}

// glibc's _dl_cache_libcmp(): numbers in names compare as numbers, and above letters.
int compare_names(const char* left, const char* right) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto number = [&](const char*& text) {
    uint64_t value = 0;
    while (is_digit(*text)) value = value * 10 + static_cast<uint64_t>(*text++ - '0');
    return value;
  };
  while (*left != '\0') {
    if (is_digit(*left)) {
      if (!is_digit(*right)) return 1;
      const uint64_t a = number(left);
      const uint64_t b = number(right);
      if (a != b) return a < b ? -1 : 1;
    } else if (is_digit(*right)) {
      return -1;
    } else if (*left != *right) {
      return static_cast<unsigned char>(*left) - static_cast<unsigned char>(*right);
    } else {
      ++left, ++right;
    }
  }
  return -static_cast<unsigned char>(*right);
}

// The loader searches by halves, in falling order of names.
bool stands_before(const CacheEntry& left, const CacheEntry& right) {
  const int order = compare_names(left.key.c_str(), right.key.c_str());
  if (order != 0) return order > 0;
  return left.flags > right.flags;
}

// Stable: what was put in front stays in front of the same names. A cache of a loader's is sorted.
void sort_as_searched(std::vector<CacheEntry>& entries) {
  if (std::is_sorted(entries.begin(), entries.end(), stands_before)) return;
  std::stable_sort(entries.begin(), entries.end(), stands_before);
}

template <typename T>
void append(std::string& out, T number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

// The strings behind the table, each once.
class Strings {
 public:
  explicit Strings(size_t start) : start_(start) {}

  // `text` must outlive this.
  uint32_t offset_of(std::string_view text) {
    const auto [found, is_new] =
        offsets_.try_emplace(text, static_cast<uint32_t>(start_ + bytes_.size()));
    if (is_new) bytes_.append(text).push_back('\0');
    return found->second;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  size_t start_;
  std::string bytes_;
  std::unordered_map<std::string_view, uint32_t> offsets_;
};

std::string format_hwcaps(const std::vector<std::string>& names, Strings& strings, size_t start) {
  std::string out;
  constexpr uint32_t kLength = 24;  // the extension's header and its only section
  append<uint32_t>(out, kExtensionMagic);
  append<uint32_t>(out, 1);
  append<uint32_t>(out, kHwcapsTag);
  append<uint32_t>(out, 0);
  append<uint32_t>(out, static_cast<uint32_t>(start + kLength));
  append<uint32_t>(out, static_cast<uint32_t>(names.size() * 4));
  for (const std::string& name : names) append<uint32_t>(out, strings.offset_of(name));
  return out;
}

}  // namespace

Result<LoaderCache> parse_loader_cache(std::string_view file) {
  if (file.size() > kLargestLoaderCache) return wrong("it is larger than 4 MiB");
  const View view = TRY(find_new_cache(file));
  const auto count = view.number<uint32_t>(20);
  const auto order = view.number<char>(28);
  if (!count || *count > kMostEntries || kNewHeader + *count * kNewEntry > view.size()) {
    return wrong("its table is cut off or too long");
  }
  if (order != kOurOrder && order != 0) return wrong("it is for a machine of another byte order");
  LoaderCache cache;
  cache.hwcaps = TRY(parse_hwcaps(view));
  cache.entries.reserve(*count);
  size_t text_size = 0;
  for (uint32_t i = 0; i < *count; ++i) {
    const size_t at = kNewHeader + size_t{i} * kNewEntry;
    auto key = view.text(*view.number<uint32_t>(at + 4));
    auto value = view.text(*view.number<uint32_t>(at + 8));
    if (!key || !value) return wrong("a name lies outside of it");
    text_size += key->size() + value->size();
    if (text_size > kMostText) return wrong("its names are too long together");
    CacheEntry entry{.key = std::move(*key),
                     .value = std::move(*value),
                     .flags = *view.number<int32_t>(at),
                     .os_version = *view.number<uint32_t>(at + 12),
                     .hwcap = *view.number<uint64_t>(at + 16)};
    if ((entry.hwcap & kHwcapExtension) != 0 && (entry.hwcap & 0xffffffff) >= cache.hwcaps.size()) {
      return wrong("an entry is for a hwcap that it does not have");
    }
    cache.entries.push_back(std::move(entry));
  }
  return cache;
}

void add_in_front(LoaderCache& cache, std::vector<CacheEntry> ours) {
  sort_as_searched(ours);
  sort_as_searched(cache.entries);
  std::vector<CacheEntry> all;
  all.reserve(ours.size() + cache.entries.size());
  std::merge(std::move_iterator(ours.begin()), std::move_iterator(ours.end()),
             std::move_iterator(cache.entries.begin()), std::move_iterator(cache.entries.end()),
             std::back_inserter(all), stands_before);
  cache.entries = std::move(all);
}

std::string format_loader_cache(LoaderCache cache) {
  sort_as_searched(cache.entries);
  const size_t strings_start = kNewHeader + cache.entries.size() * kNewEntry;
  Strings strings(strings_start);
  std::string table;
  for (const CacheEntry& entry : cache.entries) {
    append<int32_t>(table, entry.flags);
    append<uint32_t>(table, strings.offset_of(entry.key));
    append<uint32_t>(table, strings.offset_of(entry.value));
    append<uint32_t>(table, entry.os_version);
    append<uint64_t>(table, entry.hwcap);
  }
  // The names of hwcaps are strings, too; only then is it known where the extension begins.
  for (const std::string& name : cache.hwcaps) (void)strings.offset_of(name);
  const size_t strings_length = strings.bytes().size();
  const size_t extension = (strings_start + strings_length + 3) & ~size_t{3};

  std::string file(kNewMagic);
  append<uint32_t>(file, static_cast<uint32_t>(cache.entries.size()));
  append<uint32_t>(file, static_cast<uint32_t>(strings_length));
  append<uint32_t>(file, static_cast<uint32_t>(kOurOrder));  // a byte, and three of padding
  append<uint32_t>(file, cache.hwcaps.empty() ? 0 : static_cast<uint32_t>(extension));
  file.append(kNewHeader - file.size(), '\0');
  file += table;
  file += strings.bytes();
  if (cache.hwcaps.empty()) return file;
  file.append(extension - file.size(), '\0');
  return file + format_hwcaps(cache.hwcaps, strings, extension);
}

}  // namespace ocirt::nvidia
