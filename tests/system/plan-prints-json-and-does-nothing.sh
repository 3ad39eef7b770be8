#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "no other runtime has plan"
new_bundle
payload touch /ran
ocirt plan --bundle "$BUNDLE"
expect_status 0
[ -z "$STDERR" ] || fail "plan wrote to stderr"
jq -e type <<<"$STDOUT" >/dev/null || fail "not JSON"
[ ! -e "$ROOTFS/ran" ] || fail "the payload ran"
expect_no_leftovers
