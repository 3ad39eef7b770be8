#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'probe call 83 /a 0755; touch /b && echo ok' # 83: mkdir on x86_64
[ "$(uname -m)" = x86_64 ] || skip "the call's number is x86_64's"
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
run_container
expect_stdout $'ERRNO EPERM\nok'
config '.linux.seccomp.syscalls[0].errnoRet = 38'
run_container
expect_stdout $'ERRNO ENOSYS\nok'
