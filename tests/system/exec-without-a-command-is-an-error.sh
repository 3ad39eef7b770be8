#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec "$ID"
expect_failure
[ -n "$STDERR" ] || fail "no message"
