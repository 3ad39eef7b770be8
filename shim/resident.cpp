// How much of the program itself stays in memory.
#include "shim/resident.h"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

// Made by the linker: where the program's own headers are in memory.
extern "C" const ElfW(Ehdr) __ehdr_start;  // NOLINT(bugprone-reserved-identifier)

namespace ocirt::shim {

void leave_program_pages() {
  const auto base = reinterpret_cast<uintptr_t>(&__ehdr_start);
  const auto* headers = reinterpret_cast<const ElfW(Phdr)*>(base + __ehdr_start.e_phoff);
  // A program linked for a fixed address counts from 0, any other from where it was loaded.
  const uintptr_t offset = __ehdr_start.e_type == ET_EXEC ? 0 : base;
  constexpr uintptr_t kPage = 4096;
  for (size_t i = 0; i < __ehdr_start.e_phnum; ++i) {
    const ElfW(Phdr)& segment = headers[i];
    // What is writable may have been written to: those pages are ours, not the file's.
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const uintptr_t begin = (offset + segment.p_vaddr) & ~(kPage - 1);
    const uintptr_t end = offset + segment.p_vaddr + segment.p_memsz;
    // A failure costs memory only.
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
}

}  // namespace ocirt::shim
