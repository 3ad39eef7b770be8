#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
mkdir "$WORK/source"
mount -t tmpfs tmpfs "$WORK/source"
mount --make-shared "$WORK/source"
mkdir "$WORK/source/later"
payload sh -c 'touch /ready; while [ ! -e /data/later/arrived ]; do sleep 0.02; done; echo arrived'
add_mount /data bind "$WORK/source" rbind rslave
start_container
wait_until test -e "$ROOTFS/ready"
mount -t tmpfs tmpfs "$WORK/source/later"
touch "$WORK/source/later/arrived"
wait_for_status stopped
expect_equal "$(container_output)" arrived "the payload's output"
