#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# conmon takes its absence as the sign of failure.
new_bundle
payload sleep 1000
start_container
ocirt exec --detach --pid-file "$WORK/pid" "$ID" /no/such/program
expect_error_contains "/no/such/program"
[ ! -e "$WORK/pid" ] || fail "the pid file exists"
