#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'mkdir /a && echo made; grep ^Seccomp: /proc/self/status'
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_LOG"}]}'
run_container
expect_stdout $'made\nSeccomp:\t2'
