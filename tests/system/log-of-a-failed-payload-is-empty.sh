#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# A payload that fails is no failure of the runtime.
new_bundle
payload sh -c 'exit 3'
GLOBALS=(--log "$WORK/log" --log-format json)
run_container
expect_status 3
[ ! -s "$WORK/log" ] || fail "the log has: $(cat "$WORK/log")"
