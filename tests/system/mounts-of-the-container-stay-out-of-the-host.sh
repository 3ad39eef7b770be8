#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
mkdir "$WORK/source"
mount -t tmpfs tmpfs "$WORK/source"
mount --make-shared "$WORK/source"
MOUNTS_AT_START=$(mounts_below_work)
config '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
payload sh -c 'mkdir -p /data/sub; mount -t tmpfs tmpfs /data/sub && touch /data/sub/inside && echo mounted'
add_mount /data bind "$WORK/source" rbind
run_container
expect_stdout mounted
[ ! -e "$WORK/source/sub/inside" ] || fail "the container's mount is on the host"
expect_no_leftovers
