#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

new_bundle
counting_payload
start_container
wait_until has_counted_to 2
checkpoint
expect_done
cp -r "$WORK/images" "$WORK/sound"

rm "$WORK/images/core-1.img"
restore --pid-file "$WORK/pid"
expect_error_contains "restore \"$ID\": CRIU: "
expect_error_contains "$WORK/images/restore.log"
[ ! -e "$WORK/pid" ] || fail "a pid file of nothing"
expect_no_leftovers

# Late, when processes are there already.
rm -r "$WORK/images"
cp -r "$WORK/sound" "$WORK/images"
rm "$WORK"/images/pages-*.img
restore
expect_error_contains "restore \"$ID\": CRIU: "
expect_no_leftovers

rm -r "$WORK/images"
mv "$WORK/sound" "$WORK/images"
config '.hooks.createRuntime = [{path: "/bin/false"}]'
restore
expect_error_contains "createRuntime"
expect_no_leftovers
config 'del(.hooks)'
restore
expect_done
expect_counting 2
