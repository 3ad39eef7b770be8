#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'i=0; while :; do i=$((i + 1)); echo $i >/count; done'
start_container
wait_until test -s "$ROOTFS/count"
ocirt pause "$ID"
expect_status 0
expect_silence
has_status "$ID" paused || fail "status is not paused"
before=$(cat "$ROOTFS/count")
sleep 0.2 # a running payload would count on
expect_equal "$(cat "$ROOTFS/count")" "$before" "the count while paused"
ocirt resume "$ID"
expect_status 0
has_status "$ID" running || fail "status is not running"
wait_until sh -c "[ \"\$(cat '$ROOTFS/count')\" != '$before' ]"
