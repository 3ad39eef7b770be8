#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc obeys the caller's umask"
new_bundle
payload sh -c 'stat -c "%a %u" /made /made/dir; stat -c "%F" /made/file'
umask 077
echo x >"$WORK/file"
mkdir "$WORK/dir"
add_mount /made/dir bind "$WORK/dir" bind
add_mount /made/file bind "$WORK/file" bind
run_container
expect_status 0
expect_equal "$(stat -c %a "$ROOTFS/made")" 755 "mode of a made directory"
