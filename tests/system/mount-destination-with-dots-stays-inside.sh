#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
make_canary
payload sh -c 'cut -d" " -f5 /proc/self/mountinfo | grep -c canary'
add_mount "/../../../..$CANARY/x" tmpfs tmpfs
run_container
expect_canary_unchanged
