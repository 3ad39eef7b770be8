#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir "$WORK/source"
touch "$WORK/source/file"
payload ls /made/here
config '.root.readonly = true'
add_mount /made/here bind "$WORK/source" bind
run_container
expect_status 0
expect_stdout file
