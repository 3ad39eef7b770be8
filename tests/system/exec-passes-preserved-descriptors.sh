#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
echo three >"$WORK/3"
echo four >"$WORK/4"
ocirt exec --preserve-fds 1 "$ID" sh -c 'cat <&3; probe fds | cut -d" " -f1 | xargs' 3<"$WORK/3" 4<"$WORK/4"
expect_status 0
expect_stdout $'three\n0 1 2 3'
