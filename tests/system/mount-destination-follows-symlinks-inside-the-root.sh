#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
make_canary
mkdir "$ROOTFS/real"
ln -s /real "$ROOTFS/absolute"
ln -s ../../../../../real "$ROOTFS/climbing"
payload sh -c 'cut -d" " -f5 /proc/self/mountinfo | grep real'
add_mount /absolute/a tmpfs tmpfs
add_mount /climbing/b tmpfs tmpfs
run_container
expect_status 0
expect_stdout $'/real/a\n/real/b'
expect_canary_unchanged
