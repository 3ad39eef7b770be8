#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The filter is loaded while CAP_SYS_ADMIN is still there.
need_root
new_bundle
payload sh -c 'grep -E "^(Seccomp|NoNewPrivs):" /proc/self/status | xargs; mkdir /a 2>/dev/null || echo refused'
config '.process.noNewPrivileges = false | .process.user = {uid: 1000, gid: 1000}
  | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
chmod 777 "$ROOTFS"
run_container
expect_stdout $'NoNewPrivs: 0 Seccomp: 2\nrefused'
