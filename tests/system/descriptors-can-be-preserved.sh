#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'cat <&3; cat <&4; probe fds | cut -d" " -f1 | sort -n | xargs'
echo three >"$WORK/3"
echo four >"$WORK/4"
run_container --preserve-fds 2 3<"$WORK/3" 4<"$WORK/4" 5</etc 6</sys
expect_status 0
expect_stdout $'three\nfour\n0 1 2 3 4'
