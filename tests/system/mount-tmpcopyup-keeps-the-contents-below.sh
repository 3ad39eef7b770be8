#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir -p "$ROOTFS/etc/deep/er"
echo data >"$ROOTFS/etc/deep/er/file"
ln -s file "$ROOTFS/etc/deep/er/link"
chmod 600 "$ROOTFS/etc/deep/er/file"
payload sh -c 'cat /etc/deep/er/file; readlink /etc/deep/er/link; stat -c %a /etc/deep/er/file; grep " /etc " /proc/self/mountinfo | grep -c tmpfs'
add_mount /etc tmpfs tmpfs tmpcopyup
run_container
expect_status 0
expect_stdout $'data\nfile\n600\n1'
