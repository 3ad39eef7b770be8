#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'trap "exit 0" TERM; echo ready; while :; do sleep 0.05; done'
become_user subids
create_container --pid-file "$WORK/pid"
expect_equal "$(cat "$WORK/pid")" "$(container_pid)" "the pid file"
ocirt start "$ID"
expect_status 0
wait_until grep -q ready "$CONTAINER_OUT"
ocirt exec "$ID" id -u
expect_stdout 0
ocirt exec --cwd /tmp -e A=b "$ID" sh -c 'pwd; echo $A; exit 5'
expect_status 5
expect_stdout $'/tmp\nb'
ocirt list -q
expect_stdout "$ID"
ocirt kill "$ID" TERM
expect_status 0
stopped() { [ "$("${RUN_AS[@]}" "$OCIRT" --root "$STATE_ROOT" state "$ID" | jq -r .status)" = stopped ]; }
wait_until stopped
ocirt delete "$ID"
expect_status 0
expect_no_leftovers
