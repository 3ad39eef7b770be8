#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir "$WORK/source"
echo data >"$WORK/source/file"
payload sh -c 'cat /data/file; echo more >/data/made'
add_mount /data bind "$WORK/source" bind
run_container
expect_stdout data
expect_equal "$(cat "$WORK/source/made")" more "the file on the host"
