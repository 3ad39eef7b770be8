#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 stubs unknown calls its own way"
new_bundle
[ "$(uname -m)" = x86_64 ] || skip "the call's number is x86_64's"
payload probe call 83 /a 0755
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 95, syscalls: [{action: "SCMP_ACT_ALLOW",
  names: ["execve", "execveat", "exit", "exit_group", "write", "writev", "read", "brk", "mmap", "munmap", "mprotect", "arch_prctl", "fstat",
    "newfstatat", "ioctl", "uname", "readlink", "readlinkat", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "getrandom", "close", "futex"]}]}'
run_container
expect_stdout "ERRNO EOPNOTSUPP"
