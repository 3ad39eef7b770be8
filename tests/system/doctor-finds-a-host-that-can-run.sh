#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "no other runtime has a doctor"
ocirt doctor
expect_status 0
grep -qxF "A container can run here." <<<"$STDOUT" || fail "no verdict"
ocirt doctor --format json
expect_status 0
jq -e '.canRun and (.findings | length > 10) and all(.findings[]; .verdict == "yes" or (.cure | length > 0))
  and all(.findings[] | select(.essential); .verdict == "yes")' <<<"$STDOUT" >/dev/null || fail "wrong findings"
[ ! -e "$STATE_ROOT" ] || fail "it made the state root"

# It tells the truth: a container does run.
new_bundle
payload true
run_container
expect_status 0
