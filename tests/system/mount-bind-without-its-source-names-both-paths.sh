#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
add_mount /data bind "$WORK/no-such-source" bind
run_container
expect_error_contains "$WORK/no-such-source"
expect_error_contains "no such file or directory"
[ ! -e "$WORK/no-such-source" ] || fail "the source was created"
expect_no_leftovers
