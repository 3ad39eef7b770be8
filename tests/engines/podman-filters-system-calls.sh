#!/bin/bash
# Podman's default seccomp profile is in force: it forbids userfaultfd(2), which the kernel would allow.
source "$(dirname "$0")/podman.bash"
case $(uname -m) in
  x86_64) userfaultfd=323 ;;
  aarch64) userfaultfd=282 ;;
  *) skip "no system call number known for $(uname -m)" ;;
esac
user_mode_only=1 # for which the kernel asks for no privilege
command="grep Seccomp: /proc/self/status; probe call $userfaultfd $user_mode_only"
pod_run --rm --security-opt seccomp=unconfined -- sh -c "$command"
expect_stdout_contains $'Seccomp:\t0'
expect_stdout_lacks ERRNO
pod_run --rm -- sh -c "$command"
expect_stdout $'Seccomp:\t2\nERRNO EPERM'
