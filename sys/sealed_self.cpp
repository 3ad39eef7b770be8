// Makes the program that runs impossible to overwrite from inside a container. Runs before the C
// library starts, as the entry point of the static program.
//
// A container can get hold of the file that we are executed from: its image names "/proc/self/exe"
// as an interpreter, or one of its processes opens /proc/PID/exe of a process of ours. As root it
// could then write to it, and the host's next container would run the attacker's program
// (CVE-2019-5736). So we run from a mount of that file that is read-only and attached nowhere;
// where we may not mount, from a sealed copy in memory.
//
// That takes one more execve. Here, before main(), it costs some 60 microseconds; after the C
// library has started it would cost its start-up twice. Nothing of
// the C library may be used: no errno, no memcpy, no stack protector.
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>
#include <linux/mount.h>

#include "sys/own_mount.h"

#if defined(__x86_64__) || defined(__aarch64__)

namespace {

// From sys/statfs.h and fcntl.h, which belong to the C library.
constexpr long kReadOnlyMount = 1;                 // ST_RDONLY
constexpr unsigned kMemfdExec = 0x0010U;           // MFD_EXEC, Linux 6.3
constexpr int kDuplicateFd = 0;                    // F_DUPFD
constexpr int kAddSeals = 1033;                    // F_ADD_SEALS
constexpr int kGetSeals = 1034;                    // F_GET_SEALS
constexpr long kAllSeals = 0x1 | 0x2 | 0x4 | 0x8;  // SEAL, SHRINK, GROW, WRITE
constexpr long kPathOnly = 010000000;              // O_PATH
constexpr long kCloseOnExec = 02000000;            // O_CLOEXEC
constexpr long kWritable = 2;                      // W_OK
constexpr long kEffectiveIds = 0x200;              // AT_EACCESS
constexpr unsigned long kRecognizedError = -4095UL;

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
#if defined(__x86_64__)
  long result = number;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
               : "rcx", "r11", "memory");
  return result;
#else
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  register long x4 asm("x4") = e;
  asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
#endif
}

long address(const void* pointer) {
  return reinterpret_cast<long>(pointer);
}
bool failed(long result) {
  return static_cast<unsigned long>(result) >= kRecognizedError;
}

bool equal(const char* text, const char* other) {
  while (*text != '\0' && *text == *other) ++text, ++other;
  return *text == *other;
}

// Only these verbs put a process of ours into a container. A word that merely looks like one of
// them costs an execve and nothing else.
bool enters_a_container(char** argv) {
  for (char** word = argv; *word != nullptr; ++word) {
    if (equal(*word, "create") || equal(*word, "run") || equal(*word, "exec") ||
        equal(*word, "restore")) {
      return true;
    }
  }
  return false;
}

// The kernel's struct statfs of 64-bit machines.
struct FileSystem {
  long type, block_size;
  unsigned long blocks, free_blocks, available_blocks, files, free_files;
  int id[2];
  long name_length, fragment_size, flags, spare[4];
};

// Can nobody with our rights write to the file that we are executed from?
bool is_protected(long executable) {
  FileSystem about{};
  if (!failed(call(__NR_fstatfs, executable, address(&about))) &&
      (about.flags & kReadOnlyMount) != 0) {
    return true;
  }
  const long readable = call(__NR_openat, AT_FDCWD, address("/proc/self/exe"), kCloseOnExec);
  const long seals = call(__NR_fcntl, readable, kGetSeals);
  call(__NR_close, readable);
  if (!failed(seals) && (seals & kAllSeals) == kAllSeals) return true;
  return failed(
      call(__NR_faccessat2, executable, address(""), kWritable, AT_EMPTY_PATH | kEffectiveIds));
}

// A mount of the file that is read-only and attached nowhere; an error where we may not mount.
long read_only_mount(long executable) {
  const long mount =
      call(__NR_open_tree, executable, address(""), OPEN_TREE_CLONE | kCloseOnExec | AT_EMPTY_PATH);
  if (failed(mount)) return mount;
  mount_attr read_only{};
  read_only.attr_set = MOUNT_ATTR_RDONLY;
  const long changed = call(__NR_mount_setattr, mount, address(""), AT_EMPTY_PATH,
                            address(&read_only), sizeof read_only);
  if (failed(changed)) return changed;
  // Kept open beyond the execve, for sys/own_mount.h to close at a better time.
  const long kept = call(__NR_fcntl, mount, kDuplicateFd, ocirt::sys::kFirstOwnMountFd);
  return failed(kept) ? mount : kept;
}

long sealed_copy() {
  long copy =
      call(__NR_memfd_create, address("ocirt"), MFD_CLOEXEC | MFD_ALLOW_SEALING | kMemfdExec);
  if (failed(copy)) {
    copy = call(__NR_memfd_create, address("ocirt"), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  }
  if (failed(copy)) return copy;
  const long original = call(__NR_openat, AT_FDCWD, address("/proc/self/exe"), kCloseOnExec);
  long moved = 0;
  do {
    moved = call(__NR_sendfile, copy, original, 0, 1L << 30);
  } while (!failed(moved) && moved > 0);
  call(__NR_close, original);
  if (failed(moved)) return moved;
  const long sealed = call(__NR_fcntl, copy, kAddSeals, kAllSeals);
  return failed(sealed) ? sealed : copy;
}

[[noreturn]] void give_up() {
  constexpr char kText[] = "ocirt: can't protect its own program file from containers\n";
  call(__NR_write, 2, address(kText), sizeof kText - 1);
  call(__NR_exit_group, 1);
  __builtin_unreachable();
}

}  // namespace

/// `stack` is what the kernel leaves there: argc, argv, nullptr, envp, nullptr (System V ABI,
/// "Initial Process Stack"). Returns when nothing has to be done.
extern "C" void ocirt_seal_self(long* stack) {
  char** argv = reinterpret_cast<char**>(stack + 1);
  char** envp = argv + stack[0] + 1;
  if (!enters_a_container(argv)) return;
  const long executable =
      call(__NR_openat, AT_FDCWD, address("/proc/self/exe"), kPathOnly | kCloseOnExec);
  if (failed(executable)) return;  // without /proc there is no /proc/PID/exe to attack either
  if (is_protected(executable)) {
    call(__NR_close, executable);
    return;
  }
  long file = read_only_mount(executable);
  if (failed(file)) file = sealed_copy();
  if (failed(file)) give_up();
  call(__NR_execveat, file, address(""), address(argv), address(envp), AT_EMPTY_PATH);
  give_up();
}

#if defined(__x86_64__)
// rdx and the stack pointer are as the kernel left them: what starts the C library
// (sys/quick_start.cpp) takes over as if nothing had been.
asm(R"(
  .text
  .globl ocirt_entry
  .type ocirt_entry, @function
ocirt_entry:
  mov %rsp, %rbx
  mov %rdx, %r12
  mov %rsp, %rdi
  and $-16, %rsp
  call ocirt_seal_self
  mov %r12, %rdx
  mov %rbx, %rsp
  xor %ebp, %ebp
  jmp ocirt_start
)");
#else
asm(R"(
  .text
  .globl ocirt_entry
  .type ocirt_entry, %function
ocirt_entry:
  mov x19, sp
  mov x20, x0
  mov x0, sp
  bl ocirt_seal_self
  mov x0, x20
  mov sp, x19
  b _start
)");
#endif

#endif  // other machines start without it: the layout of their stacks and calls is not known here
