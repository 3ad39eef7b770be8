#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Resolved in the container's root, not in ours.
new_bundle
ln -s /bin/busybox "$ROOTFS/usr/bin/echo-link"
ln -s /usr/bin/echo-link "$ROOTFS/echo"
payload /echo hello
run_container
expect_status 0
expect_stdout hello
