// Starts the C library without its questions to the processor. Runs between the entry point
// (sys/sealed_self.cpp) and main().
//
// Before main(), glibc asks the processor some 75 times (cpuid) which instructions it has and how
// large each of its caches is, to pick the fastest memcpy for big blocks. In a virtual machine each
// question leaves the guest: together half a millisecond, a third of a whole `ocirt exec`. We copy
// kilobytes. So this does what glibc's own __libc_start_main does for a static program, in the same
// order, but leaves the table of processor features empty: each function with variants (an "ifunc")
// then takes the one that every x86-64 processor can run.
//
// The functions called here belong to glibc's inside and change between its versions, hence the
// exact version in the condition; with any other the program starts by glibc's _start. Source:
// glibc 2.36, csu/libc-start.c. docs/decisions/0008 has the figures.
#include <elf.h>
#include <features.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(__x86_64__) && defined(__GLIBC__) && __GLIBC__ == 2 && __GLIBC_MINOR__ == 36

extern "C" {
// Set and called by glibc's start, in this order.
extern char** __environ;
extern void* __libc_stack_end;
extern long __x86_shared_non_temporal_threshold;
extern void* _dl_random;
extern int __libc_enable_secure;
void _dl_aux_init(Elf64_auxv_t* auxv);
void __libc_setup_tls();
void __libc_early_init(bool initial);
void __libc_init_first(int argc, char** argv, char** envp);
void __libc_check_standard_fds();
void _init();
void _fini();

// Made by the linker: the bounds of tables in the program.
extern const Elf64_Rela __rela_iplt_start[];
extern const Elf64_Rela __rela_iplt_end[];
using Initializer = void (*)(int, char**, char**);
extern const Initializer __preinit_array_start[];
extern const Initializer __preinit_array_end[];
extern const Initializer __init_array_start[];
extern const Initializer __init_array_end[];
using Finisher = void (*)();
extern const Finisher __fini_array_start[];
extern const Finisher __fini_array_end[];

int __cxa_atexit(void (*function)(void*), void* argument, void* library);
int program_main(int argc, char** argv, char** envp) asm("main");  // C++ may not name ::main
}

namespace {

// Blocks above this many bytes are copied around the caches; 0 would mean all of them. glibc's own
// figure for a processor that tells nothing: three quarters of its default for a shared cache.
constexpr long kNonTemporalThreshold = 0xc0000;

// The first functions to run that have variants pick them here; the compiler must not put a call of
// one (memcpy for a copied struct) in front.
void resolve_variants() {
  for (const Elf64_Rela* entry = __rela_iplt_start; entry < __rela_iplt_end; ++entry) {
    using Resolver = Elf64_Addr (*)();
    auto* place = reinterpret_cast<Elf64_Addr*>(entry->r_offset);
    *place = reinterpret_cast<Resolver>(entry->r_addend)();
  }
}

// The values that the compiler's stack protector and setjmp read from the thread's control block
// (glibc, sysdeps/x86_64/nptl/tls.h: stack_guard, pointer_guard), from the kernel's 16 random
// bytes.
void set_guards() {
  const auto* random = static_cast<const std::uint64_t*>(_dl_random);
  const std::uint64_t stack_guard = random[0] & ~std::uint64_t{0xff};  // a zero ends strings
  const std::uint64_t pointer_guard = random[1];
  asm volatile("mov %0, %%fs:0x28" : : "r"(stack_guard) : "memory");
  asm volatile("mov %0, %%fs:0x30" : : "r"(pointer_guard) : "memory");
}

void run_finishers(void* /*unused*/) {
  for (const Finisher* finish = __fini_array_end; finish > __fini_array_start;) (*--finish)();
  _fini();
}

}  // namespace

/// `stack` is what the kernel leaves there: argc, argv, nullptr, envp, nullptr, the auxiliary
/// vector (System V ABI, "Initial Process Stack").
extern "C" [[noreturn, gnu::used]] void ocirt_quick_start(long* stack) {
  const int argc = static_cast<int>(stack[0]);
  char** argv = reinterpret_cast<char**>(stack + 1);
  char** envp = argv + argc + 1;
  char** envp_end = envp;
  while (*envp_end != nullptr) ++envp_end;

  __environ = envp;
  __libc_stack_end = stack;
  __x86_shared_non_temporal_threshold = kNonTemporalThreshold;
  _dl_aux_init(reinterpret_cast<Elf64_auxv_t*>(envp_end + 1));
  resolve_variants();
  __libc_setup_tls();
  set_guards();
  __libc_early_init(true);
  __libc_init_first(argc, argv, envp);
  __cxa_atexit(run_finishers, nullptr, nullptr);
  if (__libc_enable_secure != 0) __libc_check_standard_fds();
  for (const auto* init = __preinit_array_start; init < __preinit_array_end; ++init) {
    (*init)(argc, argv, envp);
  }
  _init();
  for (const auto* init = __init_array_start; init < __init_array_end; ++init) {
    (*init)(argc, argv, envp);
  }
  std::exit(program_main(argc, argv, envp));
}

asm(R"(
  .text
  .globl ocirt_start
  .type ocirt_start, @function
ocirt_start:
  mov %rsp, %rdi
  and $-16, %rsp
  call ocirt_quick_start
)");

#elif defined(__x86_64__)

asm(R"(
  .text
  .globl ocirt_start
  .type ocirt_start, @function
ocirt_start:
  jmp _start
)");

#endif
