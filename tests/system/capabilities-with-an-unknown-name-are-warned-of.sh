#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# "any value which cannot be mapped to a relevant kernel interface ... MUST be logged as a warning",
# and is not granted.
new_bundle
config '.process.capabilities.bounding += ["CAP_NOSUCH"]'
payload grep CapBnd /proc/self/status
GLOBALS=(--log "$WORK/log" --log-level warning)
run_container
expect_status 0
grep -q CAP_NOSUCH "$WORK/log" || fail "no warning in the log: $(cat "$WORK/log")"
expect_no_leftovers
