#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir"], action: "SCMP_ACT_NOTIFY"}]}'
run_container
expect_failure
expect_no_leftovers
config '.linux.seccomp.listenerPath = "/no/such/socket"'
run_container
expect_error_contains /no/such/socket
expect_no_leftovers
