// Reads ELF headers, the dynamic table and CUDA's note, with limits. Pure.
#include "hooks/nvidia/plan/elf.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace ocirt::nvidia {

namespace {

// Real libraries have some dozen of each; the driver's largest string table is below 1 MiB.
constexpr size_t kMostSegments = 64;
constexpr size_t kMostSections = 512;
constexpr size_t kMostDynamicEntries = 4096;
constexpr size_t kLongestName = 255;
constexpr size_t kLongestNote = 4096;
constexpr std::string_view kCompatibilitySection = ".note.cuda.fwd_compatibility";

Error wrong(const char* what) {
  return make_error(ErrorKind::InvalidConfig, what);
}

template <typename T>
std::optional<T> read_one(const ReadAt& read_at, uint64_t offset) {
  std::array<char, sizeof(T)> bytes{};
  if (!read_at(offset, bytes)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

template <typename T>
std::optional<std::vector<T>> read_table(const ReadAt& read_at, uint64_t offset, size_t count) {
  std::vector<char> bytes(count * sizeof(T));
  if (!read_at(offset, bytes)) return std::nullopt;
  std::vector<T> table(count);
  if (count > 0) std::memcpy(table.data(), bytes.data(), bytes.size());
  return table;
}

// A string that ends within `limit` bytes and within the file. The file may end right behind it, so
// it is read in small pieces.
std::optional<std::string> read_name(const ReadAt& read_at, uint64_t offset, size_t limit) {
  constexpr size_t kPiece = 32;
  std::string text;
  while (text.size() <= limit) {
    std::array<char, kPiece> piece{};
    size_t got = kPiece;
    while (got > 0 && !read_at(offset + text.size(), std::span(piece).first(got))) got /= 2;
    if (got == 0) return std::nullopt;
    const char* start = piece.data();
    const char* end = std::find(start, start + got, '\0');
    text.append(start, end);
    if (end != start + got) return text;
  }
  return std::nullopt;
}

struct Elf32 {
  using Header = Elf32_Ehdr;
  using Segment = Elf32_Phdr;
  using Section = Elf32_Shdr;
  using Dynamic = Elf32_Dyn;
};
struct Elf64 {
  using Header = Elf64_Ehdr;
  using Segment = Elf64_Phdr;
  using Section = Elf64_Shdr;
  using Dynamic = Elf64_Dyn;
};

// Where in the file the address lies, by the segments that are loaded.
template <typename Segment>
std::optional<uint64_t> offset_of(const std::vector<Segment>& segments, uint64_t address) {
  for (const Segment& segment : segments) {
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
    const uint64_t inside = address - segment.p_vaddr;
    if (inside < segment.p_filesz) return segment.p_offset + inside;
  }
  return std::nullopt;
}

template <typename Class>
Result<std::string> read_soname(const ReadAt& read_at, const typename Class::Header& header) {
  using Segment = typename Class::Segment;
  using Dynamic = typename Class::Dynamic;
  if (header.e_phnum > kMostSegments || header.e_phentsize != sizeof(Segment)) {
    return wrong("its table of segments is too long or of another form");
  }
  const auto segments = read_table<Segment>(read_at, header.e_phoff, header.e_phnum);
  if (!segments) return wrong("its table of segments lies outside of the file");
  const auto dynamic = std::find_if(segments->begin(), segments->end(), [](const Segment& segment) {
    return segment.p_type == PT_DYNAMIC;
  });
  if (dynamic == segments->end()) return std::string();
  const size_t count = std::min<uint64_t>(dynamic->p_filesz / sizeof(Dynamic), kMostDynamicEntries);
  const auto entries = read_table<Dynamic>(read_at, dynamic->p_offset, count);
  if (!entries) return wrong("its dynamic table lies outside of the file");

  std::optional<uint64_t> name;
  std::optional<uint64_t> strings;
  for (const Dynamic& entry : *entries) {
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_SONAME) name = entry.d_un.d_val;
    if (entry.d_tag == DT_STRTAB) strings = entry.d_un.d_ptr;
  }
  if (!name) return std::string();
  if (!strings) return wrong("it has a soname, and no table of strings");
  const std::optional<uint64_t> table = offset_of(*segments, *strings);
  if (!table) return wrong("its table of strings lies in no segment");
  const auto soname = read_name(read_at, *table + *name, kLongestName);
  if (!soname) return wrong("its soname is too long or lies outside of the file");
  return *soname;
}

// A note is {name size, description size, type}, the name and the description, each padded to 4.
std::string description_of(std::string_view note) {
  constexpr size_t kHeader = 12;
  if (note.size() < kHeader) return {};
  std::array<uint32_t, 3> header{};
  std::memcpy(header.data(), note.data(), kHeader);
  const uint64_t start = kHeader + ((uint64_t{header[0]} + 3) & ~uint64_t{3});
  if (start > note.size() || header[1] > note.size() - start) return {};
  std::string_view text = note.substr(start, header[1]);
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  return std::string(text);
}

// The note is found by its section's name: it shares its type with others.
template <typename Class>
Result<std::string> read_note(const ReadAt& read_at, const typename Class::Header& header) {
  using Section = typename Class::Section;
  if (header.e_shoff == 0) return std::string();
  if (header.e_shnum > kMostSections || header.e_shentsize != sizeof(Section) ||
      header.e_shstrndx >= header.e_shnum) {
    return wrong("its table of sections is too long or of another form");
  }
  const auto sections = read_table<Section>(read_at, header.e_shoff, header.e_shnum);
  if (!sections) return wrong("its table of sections lies outside of the file");
  const uint64_t names = (*sections)[header.e_shstrndx].sh_offset;
  for (const Section& section : *sections) {
    if (section.sh_type != SHT_NOTE || section.sh_size > kLongestNote) continue;
    const auto name = read_name(read_at, names + section.sh_name, kLongestName);
    if (name != kCompatibilitySection) continue;
    std::string note(section.sh_size, '\0');
    if (!read_at(section.sh_offset, note)) return wrong("its note lies outside of the file");
    return description_of(note);
  }
  return std::string();
}

template <typename Class>
Result<ElfFacts> read_class(const ReadAt& read_at, ElfParts parts) {
  const auto header = read_one<typename Class::Header>(read_at, 0);
  if (!header) return wrong("it is too short for an ELF file");
  ElfFacts facts{.is_64_bit = std::is_same_v<Class, Elf64>, .machine = header->e_machine};
  facts.soname = TRY(read_soname<Class>(read_at, *header));
  if (parts == ElfParts::SonameAndNote) {
    facts.compatibility = TRY(read_note<Class>(read_at, *header));
  }
  return facts;
}

}  // namespace

Result<ElfFacts> read_elf(const ReadAt& read_at, ElfParts parts) {
  const auto ident = read_one<std::array<unsigned char, EI_NIDENT>>(read_at, 0);
  if (!ident || std::memcmp(ident->data(), ELFMAG, SELFMAG) != 0) {
    return wrong("it is no ELF file");
  }
  constexpr unsigned char kOurOrder =
      __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
  if ((*ident)[EI_DATA] != kOurOrder) return wrong("it is for a machine of another byte order");
  if ((*ident)[EI_CLASS] == ELFCLASS64) return read_class<Elf64>(read_at, parts);
  if ((*ident)[EI_CLASS] == ELFCLASS32) return read_class<Elf32>(read_at, parts);
  return wrong("it is neither of 32 nor of 64 bits");
}

}  // namespace ocirt::nvidia
