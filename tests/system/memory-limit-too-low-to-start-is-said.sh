#!/bin/bash
# A container that doesn't get the memory to start is told apart from others that are killed: limit, use, and cure.
# Also in: vm
source "$(dirname "$0")/../lib.sh"
need_root
new_bundle
own_cgroup_path
config '.linux.resources += {memory: {limit: 16384, swap: 16384}}'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_matches 'killed by the kernel while starting: memory limit 16 KiB, peak [0-9]+ KiB \(oom_kill=[1-9]'
expect_error_contains "raise the memory limit"
expect_no_leftovers
