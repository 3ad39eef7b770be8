#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'touch /x 2>/dev/null && echo root; touch /dev/shm/x && echo shm; touch /dev/x 2>/dev/null; true'
config '.root.readonly = true'
run_container
expect_stdout shm
[ ! -e "$ROOTFS/x" ] || fail "the rootfs was written"
