#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 knows fewer"
new_bundle
mkdir -p "$WORK/source/sub"
mount -t tmpfs tmpfs "$WORK/source/sub"
payload sh -c 'grep " /data" /proc/self/mountinfo | cut -d" " -f5,6'
add_mount /data bind "$WORK/source" rbind
for pair in rro:ro rnosuid:nosuid rnodev:nodev rnoexec:noexec rnoatime:noatime rnodiratime:nodiratime rnosymfollow:nosymfollow; do
  config '.mounts[-1].options = ["rbind", $option]' --arg option "${pair%:*}"
  run_container
  expect_status 0
  expect_equal "$(grep -cE "[ ,]${pair#*:}(,|$)" <<<"$STDOUT")" 2 "mounts with ${pair#*:}: $STDOUT"
done
