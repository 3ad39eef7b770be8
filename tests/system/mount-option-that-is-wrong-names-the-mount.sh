#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
add_mount /m tmpfs tmpfs no-such-option
run_container
expect_error_contains "/m"
expect_error_contains "invalid argument"
expect_no_leftovers
