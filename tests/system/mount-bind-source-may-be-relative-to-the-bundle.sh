#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir "$BUNDLE/source"
echo data >"$BUNDLE/source/file"
payload cat /data/file
add_mount /data bind source bind
cd /
run_container
expect_status 0
expect_stdout data
