#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Linux 6.4 and later, and only root of the host may ask.
need_root
ocirt_only "runc takes it for an option of the mount"
unshare --mount sh -c 'mount -t tmpfs -o noswap tmpfs /mnt' 2>/dev/null || skip "the kernel has no noswap"
new_bundle
payload sh -c 'grep " /mnt " /proc/self/mounts'
add_mount /mnt tmpfs tmpfs noswap size=1m
run_container
expect_status 0
expect_stdout_contains noswap
