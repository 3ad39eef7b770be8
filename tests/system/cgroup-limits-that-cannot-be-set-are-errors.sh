#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc ignores some in silence"
new_bundle
config '.linux.resources += {unified: {"memory.max": "1000000"}}'
[ ! -e /sys/fs/cgroup/cgroup.controllers ] || skip "the host has cgroup v2"
run_container
expect_error_contains unified
expect_no_leftovers
