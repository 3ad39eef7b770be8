#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Without the option the link is followed, inside the container's root.
ocirt_only "the option is crun's"
new_bundle
mkdir "$WORK/src"
ln -s elsewhere "$WORK/src/link"
mkdir "$ROOTFS/mnt"
echo kept >"$ROOTFS/mnt/target"
ln -s target "$ROOTFS/mnt/link"
payload sh -c 'readlink /mnt/link; cat /mnt/target'
add_mount /mnt/link bind "$WORK/src/link" bind src-nofollow dest-nofollow
run_container
expect_stdout $'elsewhere\nkept'
