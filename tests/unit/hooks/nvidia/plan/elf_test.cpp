#include "hooks/nvidia/plan/elf.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>

namespace ocirt::nvidia {
namespace {

ReadAt reader_of(const std::string& file) {
  return [&file](uint64_t offset, std::span<char> into) {
    if (offset > file.size() || file.size() - offset < into.size()) return false;
    std::memcpy(into.data(), file.data() + offset, into.size());
    return true;
  };
}

template <typename T>
void put(std::string& file, size_t offset, const T& value) {
  if (file.size() < offset + sizeof value) file.resize(offset + sizeof value);
  std::memcpy(file.data() + offset, &value, sizeof value);
}

// A library with a soname and CUDA's note, and nothing else.
std::string library(const std::string& soname, const std::string& note) {
  constexpr size_t kText = 0x400;
  std::string file(kText, '\0');
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_machine = EM_X86_64;
  header.e_phoff = 0x40;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 2;
  header.e_shoff = 0x200;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 2;
  header.e_shstrndx = 1;
  put(file, 0, header);
  put(file, 0x40, Elf64_Phdr{.p_type = PT_LOAD, .p_vaddr = 0x1000, .p_filesz = 0x800});
  put(file, 0x40 + sizeof(Elf64_Phdr),
      Elf64_Phdr{.p_type = PT_DYNAMIC, .p_offset = 0x180, .p_filesz = 3 * sizeof(Elf64_Dyn)});
  put(file, 0x180, Elf64_Dyn{DT_STRTAB, {0x1000 + kText}});
  put(file, 0x190, Elf64_Dyn{DT_SONAME, {1}});
  const std::string names = '\0' + soname + '\0' + ".note.cuda.fwd_compatibility" + '\0';
  file += names;
  const size_t start = file.size();
  put(file, start, std::array<uint32_t, 3>{4, static_cast<uint32_t>(note.size()), 1});
  file += std::string("CUD\0", 4) + note;
  put(file, 0x200,
      Elf64_Shdr{.sh_name = static_cast<uint32_t>(soname.size() + 2),
                 .sh_type = SHT_NOTE,
                 .sh_offset = start,
                 .sh_size = file.size() - start});
  put(file, 0x200 + sizeof(Elf64_Shdr), Elf64_Shdr{.sh_offset = kText});
  return file;
}

TEST(Elf, ALibraryTellsItsSonameAndItsNote) {
  const std::string file = library("libcuda.so.1", R"({"driver":[535]})");
  const ElfFacts facts{.is_64_bit = true,
                       .machine = EM_X86_64,
                       .soname = "libcuda.so.1",
                       .compatibility = R"({"driver":[535]})"};
  EXPECT_EQ(read_elf(reader_of(file), ElfParts::SonameAndNote).value_or(ElfFacts{}), facts);
}

TEST(Elf, AnotherFileIsNone) {
  const std::string text = "#!/bin/sh\necho this is long enough to be one\n";
  const Result<ElfFacts> facts = read_elf(reader_of(text), ElfParts::Soname);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().text, "it is no ELF file");
}

TEST(Elf, ASonameWithoutEndIsRefused) {
  std::string file = library(std::string(300, 'x'), "");
  EXPECT_FALSE(read_elf(reader_of(file), ElfParts::Soname));
}

TEST(Elf, NoByteThatIsWrongDoesHarm) {
  const std::string whole = library("libcuda.so.1", "{}");
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const char value : {'\0', '\x7f', '\xff'}) {
      std::string file = whole;
      file[at] = value;
      (void)read_elf(reader_of(file), ElfParts::SonameAndNote);  // the sanitizers judge
    }
    (void)read_elf(reader_of(whole.substr(0, at)), ElfParts::SonameAndNote);
  }
}

}  // namespace
}  // namespace ocirt::nvidia
