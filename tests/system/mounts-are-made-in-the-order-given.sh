#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir "$WORK/one" "$WORK/two"
touch "$WORK/one/from-one" "$WORK/two/from-two"
payload sh -c 'ls /data; ls /data/sub; ls /over'
add_mount /data tmpfs tmpfs
add_mount /data/sub bind "$WORK/one" bind
add_mount /over bind "$WORK/one" bind
add_mount /over bind "$WORK/two" bind
run_container
expect_status 0
expect_stdout $'sub\nfrom-one\nfrom-two'
