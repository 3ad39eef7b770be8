#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The mount was a copy of a shared one when the rootfs became a slave: shared again, it has a master still.
need_root
new_bundle
mkdir "$WORK/source"
mount -t tmpfs tmpfs "$WORK/source"
mount --make-shared "$WORK/source"
payload sh -c 'grep " /data " /proc/self/mountinfo | grep -o "shared:\|master:\|unbindable" | sort | xargs'
add_mount /data bind "$WORK/source" rbind
for pair in "private:" "rprivate:" "slave:master:" "rslave:master:" "shared:master: shared:" "rshared:master: shared:" "unbindable:unbindable"; do
  config '.mounts[-1].options = ["rbind", $option]' --arg option "${pair%%:*}"
  run_container
  expect_status 0
  expect_equal "$STDOUT" "${pair#*:}" "propagation with ${pair%%:*}"
done
