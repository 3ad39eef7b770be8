#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
echo data >"$WORK/file"
payload cat /etc/made/for/it
add_mount /etc/made/for/it bind "$WORK/file" bind ro
run_container
expect_status 0
expect_stdout data
