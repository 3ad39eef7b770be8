#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload /no/such/program
ocirt create --bundle "$BUNDLE" --pid-file "$WORK/pid" "$ID"
expect_failure
[ ! -e "$WORK/pid" ] || fail "the pid file exists"
