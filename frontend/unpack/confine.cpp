// Locks the process that reads hostile bytes into one directory.
#include "frontend/unpack/confine.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "sys/mount.h"
#include "sys/seccomp.h"

namespace ocirt::unpack {

namespace {

// What unpacking calls, malloc() and threads included.
constexpr int kAllowed[] = {
    SYS_read,
    SYS_write,
    SYS_pread64,
    SYS_pwrite64,
    SYS_writev,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_lseek,
    SYS_openat,
    SYS_openat2,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_symlinkat,
    SYS_linkat,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_utimensat,
    SYS_fsetxattr,
    SYS_fgetxattr,
    SYS_flistxattr,
    SYS_ftruncate,
    SYS_fallocate,
    SYS_syncfs,
    SYS_fsync,
    SYS_fcntl,
    SYS_sendto,
    SYS_sendmsg,
    SYS_brk,
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_mprotect,
    SYS_madvise,
    SYS_futex,
    SYS_rseq,
    SYS_exit,
    SYS_exit_group,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sched_yield,
    SYS_getpid,
    SYS_gettid,
    SYS_clock_gettime,
    SYS_getrandom,
    SYS_poll,
    SYS_restart_syscall,
    SYS_set_robust_list,
    SYS_tgkill,
};

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "no filter for this architecture"
#endif

sock_filter instruction(uint16_t code, uint32_t value, uint8_t if_true = 0, uint8_t if_false = 0) {
  return {.code = code, .jt = if_true, .jf = if_false, .k = value};
}

std::vector<sock_filter> filter() {
  std::vector<sock_filter> program = {
      instruction(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      instruction(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      instruction(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      instruction(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const int number : kAllowed) {
    program.push_back(instruction(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(number), 0, 1));
    program.push_back(instruction(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  // An errno, not a kill: a newer C library that tries a newer call first then finds the old one.
  program.push_back(instruction(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
  return program;
}

Result<> keep_capabilities_for_files() {
  constexpr uint32_t kKept = 1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FOWNER |
                             1U << CAP_FSETID | 1U << CAP_SETFCAP;
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct held[2] = {};
  if (::syscall(SYS_capget, &header, held) != 0) return last_error("read the capabilities");
  const __user_cap_data_struct wanted[2] = {
      {.effective = kKept & held[0].permitted, .permitted = kKept & held[0].permitted}, {}};
  if (::syscall(SYS_capset, &header, wanted) != 0) return last_error("drop capabilities");
  return {};
}

}  // namespace

Result<> enter_directory(int directory) {
  const sys::MountFd tree = TRY(sys::open_tree(directory, "", AT_EMPTY_PATH));
  TRY(sys::mount_setattr(tree.get(), "", AT_EMPTY_PATH,
                         {.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC}));
  TRY(sys::move_mount(tree.get(), directory));
  if (::fchdir(tree.get()) != 0) return last_error("enter the layer");
  // The old root comes to lie on the new one, and goes (pivot_root(2), the notes).
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return last_error("make the layer the root");
  if (::umount2(".", MNT_DETACH) != 0) return last_error("leave the old root");
  if (::chdir("/") != 0) return last_error("enter the new root");
  return {};
}

Result<> drop_everything() {
  TRY(keep_capabilities_for_files());
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return last_error("set no_new_privs");
  const std::vector<sock_filter> program = filter();
  // Other threads have their capabilities still, but not the calls to use them (TSYNC).
  (void)TRY(sys::load_seccomp_filter(program, SECCOMP_FILTER_FLAG_TSYNC));
  return {};
}

}  // namespace ocirt::unpack
