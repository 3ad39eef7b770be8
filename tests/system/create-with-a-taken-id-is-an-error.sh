#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
pid=$(container_pid)
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_contains "exists"
expect_equal "$(container_pid)" "$pid" "pid of the first container"
has_status "$ID" running || fail "the first container did not survive"
