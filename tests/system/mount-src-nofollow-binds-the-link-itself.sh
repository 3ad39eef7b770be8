#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "the option is crun's"
new_bundle
echo data >"$WORK/file"
ln -s file "$WORK/link"
payload sh -c 'readlink /mnt/link; cat /mnt/followed'
mkdir "$ROOTFS/mnt"
ln -s placeholder "$ROOTFS/mnt/link"
add_mount /mnt/link bind "$WORK/link" bind src-nofollow dest-nofollow
add_mount /mnt/followed bind "$WORK/link" bind
run_container
expect_stdout $'file\ndata'
