#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

# A directory, a file, a tree with a mount in it, one that a link leads to, and one inside another.
mkdir -p "$WORK/host"/{dir,tree/below,inner,linked}
echo file >"$WORK/host/file"
mount -t tmpfs none "$WORK/host/tree/below"
for place in dir tree/below inner linked; do echo "$place" >"$WORK/host/$place/name"; done

new_bundle
mkdir -p "$ROOTFS/real"
ln -s /real "$ROOTFS/link"
add_mount /data bind "$WORK/host/dir" rbind ro
add_mount /etc/some/file bind "$WORK/host/file" bind
add_mount /tree bind "$WORK/host/tree" rbind
add_mount /link/there bind "$WORK/host/linked" bind
add_mount /tree/inner bind "$WORK/host/inner" bind
add_mount /run tmpfs tmpfs
add_mount /run/secret bind "$WORK/host/dir" bind
counting_payload
start_container
wait_until has_counted_to 2
checkpoint
expect_done

# Into a rootfs without the mount points, as on another machine.
rm -r "${ROOTFS:?}"/{data,etc/some,tree,real/there} "$WORK/host/tree/inner"
restore
expect_done
expect_counting 2
ocirt exec "$ID" cat /data/name /etc/some/file /tree/below/name /tree/inner/name /link/there/name /run/secret/name
expect_stdout $'dir\nfile\ntree/below\ninner\nlinked\ndir'
ocirt exec "$ID" touch /data/new
expect_error_contains "read-only"
ocirt delete --force "$ID"
expect_equal "$(mounts_below_work)" "$WORK/host/tree/below" "mounts on the host"
