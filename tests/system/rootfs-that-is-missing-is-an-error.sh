#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
config '.root.path = "no-such-rootfs"'
run_container
expect_error_contains no-such-rootfs
expect_no_leftovers
: >"$BUNDLE/file"
config '.root.path = "file"'
run_container
expect_error_contains "not a directory"
expect_no_leftovers
