#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt delete "$ID"
expect_error_contains "running"
has_status "$ID" running || fail "the container did not survive"
