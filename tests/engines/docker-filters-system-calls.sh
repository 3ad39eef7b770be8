#!/bin/bash
# docker's default seccomp profile is in force, or one that we name, or none.
source "$(dirname "$0")/docker.bash"
case $(uname -m) in
  x86_64) userfaultfd=323 ;;
  aarch64) userfaultfd=282 ;;
  *) skip "no system call number known for $(uname -m)" ;;
esac
user_mode_only=1 # for which the kernel asks for no privilege
command="grep Seccomp: /proc/self/status; probe call $userfaultfd $user_mode_only; mkdir /made"
docker_run --rm --security-opt seccomp=unconfined -- sh -c "$command"
expect_stdout_contains $'Seccomp:\t0'
expect_stdout_lacks ERRNO
docker_run --rm -- sh -c "$command"
expect_status 0
expect_stdout $'Seccomp:\t2\nERRNO EPERM'
cat >"$WORK/profile.json" <<'END'
{"defaultAction": "SCMP_ACT_ALLOW",
 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
END
docker_run --rm --security-opt "seccomp=$WORK/profile.json" -- sh -c "$command"
expect_error_contains "No space left on device"
expect_stdout_contains $'Seccomp:\t2'
