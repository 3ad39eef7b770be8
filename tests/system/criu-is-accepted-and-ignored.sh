#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload echo hello
GLOBALS=(--criu /usr/sbin/criu)
run_container
expect_status 0
expect_stdout hello
