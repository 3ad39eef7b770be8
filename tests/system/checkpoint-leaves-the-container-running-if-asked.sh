#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

new_bundle
counting_payload
start_container
wait_until has_counted_to 3
checkpoint --leave-running
expect_done
wait_for_status running
expect_counting 3
ocirt delete --force "$ID"
restore
expect_done
expect_counting 3

# A paused one stays paused.
rm -r "$WORK/images"
ocirt pause "$ID"
checkpoint --leave-running --work-path "$WORK/work"
expect_done
wait_for_status paused
[ -s "$WORK/work/dump.log" ] || fail "no log in the directory of work: $(ls "$WORK/work")"
