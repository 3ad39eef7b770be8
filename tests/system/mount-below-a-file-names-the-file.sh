#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir "$WORK/source"
add_mount /etc/passwd/below bind "$WORK/source" bind
run_container
expect_error_contains /etc/passwd
expect_error_contains "not a directory"
expect_no_leftovers
