#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 38}]}'
start_container
ocirt exec "$ID" mkdir /x
expect_failure
[ ! -e "$ROOTFS/x" ] || fail "the call was allowed"
ocirt exec "$ID" grep ^Seccomp: /proc/self/status
expect_stdout $'Seccomp:\t2'
