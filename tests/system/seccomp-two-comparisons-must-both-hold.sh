#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
[ "$(uname -m)" = x86_64 ] || skip "the call's number is x86_64's"
payload sh -c 'probe call 140 0 0; probe call 140 0 1; probe call 140 1 0'
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getpriority"], action: "SCMP_ACT_ERRNO", errnoRet: 38,
    args: [{index: 0, op: "SCMP_CMP_EQ", value: 0}, {index: 1, op: "SCMP_CMP_EQ", value: 0}]}]}'
run_container
expect_equal "$(sed 's/ERRNO ENOSYS/no/; s/^[0-9]*$/yes/; s/ERRNO ESRCH/yes/' <<<"$STDOUT" | xargs)" "no yes yes" "calls"
