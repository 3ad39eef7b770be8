#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu
criu check --feature mem_dirty_track >/dev/null 2>&1 || skip "this kernel doesn't track changes of memory"

new_bundle
counting_payload
start_container
wait_until has_counted_to 3
ocirt checkpoint --pre-dump --image-path "$WORK/before" "$ID"
expect_done
wait_for_status running
checkpoint --parent-path ../before
expect_done
[ -L "$WORK/images/parent" ] || fail "the images have no parent"
restore
expect_done
expect_counting 3
