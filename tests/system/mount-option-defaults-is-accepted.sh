#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc passes it on to tmpfs"
new_bundle
add_mount /m tmpfs tmpfs defaults
run_container
expect_status 0
