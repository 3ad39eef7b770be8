#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc looks as root"
new_bundle
cp "$ROOTFS/bin/busybox" "$ROOTFS/bin/private"
chmod 700 "$ROOTFS/bin/private"
payload /bin/private true
config '.process.user = {uid: 1000, gid: 1000}'
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_matches 'exec: "/bin/private":.*permission denied'
expect_no_leftovers
