#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1.5 lists rro, and this kernel refuses what it does"
new_bundle
mkdir -p "$WORK/source/sub"
mount -t tmpfs tmpfs "$WORK/source/sub"
payload sh -c 'touch /data/top 2>/dev/null && echo top; touch /data/sub/below 2>/dev/null && echo below'
add_mount /data bind "$WORK/source" rbind ro
run_container
expect_stdout below
config '.mounts[-1].options = ["rbind", "rro"]'
run_container
expect_stdout ""
