#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Profiles name calls of later kernels.
new_bundle
payload echo ok
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["a_call_of_the_future", "mkdir"], action: "SCMP_ACT_ERRNO"}]}'
run_container
expect_status 0
expect_stdout ok
