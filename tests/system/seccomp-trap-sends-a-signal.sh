#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'mkdir /a; echo survived $?'
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_TRAP"}]}'
run_container
expect_stdout "survived 159"
