#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
mv "$ROOTFS" "$WORK/content"
mkdir "$ROOTFS"
mount -t tmpfs tmpfs "$ROOTFS"
cp -a "$WORK/content/." "$ROOTFS"
MOUNTS_AT_START=$(mounts_below_work)
payload echo hello
run_container
expect_stdout hello
expect_no_leftovers
