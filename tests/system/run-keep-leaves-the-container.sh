#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 has no --keep"
new_bundle
payload sh -c 'exit 3'
run_container --keep
expect_status 3
has_status "$ID" stopped || fail "the container is gone"
ocirt delete "$ID"
expect_status 0
expect_no_leftovers
