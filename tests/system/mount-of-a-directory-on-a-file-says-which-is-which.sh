#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc's text is the example to avoid"
new_bundle
mkdir "$WORK/source"
add_mount /etc/passwd bind "$WORK/source" bind
run_container
expect_error_contains "$WORK/source"
expect_error_contains /etc/passwd
expect_error_matches "is a directory|not a directory"
expect_no_leftovers
