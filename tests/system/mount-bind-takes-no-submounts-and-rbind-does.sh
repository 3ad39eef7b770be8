#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
mkdir -p "$WORK/source/sub"
mount -t tmpfs tmpfs "$WORK/source/sub"
touch "$WORK/source/sub/below"
MOUNTS_AT_START=$(mounts_below_work)
payload ls /data/sub
add_mount /data bind "$WORK/source" bind
run_container
expect_stdout ""
config '.mounts[-1].options = ["rbind"]'
run_container
expect_stdout below
expect_no_leftovers
