#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
GLOBALS=(--log "$WORK/log" --log-format json)
run_container
expect_status 0
[ ! -s "$WORK/log" ] || fail "the log has: $(cat "$WORK/log")"
