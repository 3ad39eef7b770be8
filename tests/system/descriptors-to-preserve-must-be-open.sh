#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc finds a descriptor of its own there"
new_bundle
run_container --preserve-fds 1 3<&-
expect_failure
expect_no_leftovers
