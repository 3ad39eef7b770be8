#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
wait_for_program sleep
ocirt ps "$ID"
expect_status 0
head -1 <<<"$STDOUT" | grep -q PID || fail "no heading"
expect_equal "$(tail -n +2 <<<"$STDOUT" | wc -l)" 1 "rows"
tail -1 <<<"$STDOUT" | grep -qE "\b$(container_pid)\b.*sleep 1000" || fail "the row is wrong"
