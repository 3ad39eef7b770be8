#!/bin/bash
# A container that stays in its caller's cgroup: ps and kill --all find its processes by its pid namespace; what
# only a cgroup can do is refused.
source "$(dirname "$0")/../lib.sh"

ocirt_only "others know only the first process, or nothing"
new_bundle
payload sh -c 'unshare -Upf sh -c "sleep 1001 & wait" & trap "" TERM; trap "exit 3" USR1; echo ready; while :; do sleep 0.05; done'
become_user subids
GLOBALS=(--cgroup-manager disabled)
start_container
GLOBALS=()
wait_until grep -q ready "$CONTAINER_OUT"
grandchildren() { pgrep -u "$TEST_UID" -fx "sleep 1001" | xargs; }
wait_until test -n "$(grandchildren)"
ocirt exec --detach "$ID" sleep 1002
expect_status 0
others="$(grandchildren) $(pgrep -u "$TEST_UID" -fx 'sleep 1002')"
ocirt ps --format json "$ID"
expect_status 0
for pid in $others "$(container_pid)"; do
  jq -e --argjson pid "$pid" 'index($pid)' <<<"$STDOUT" >/dev/null || fail "ps lacks process $pid"
done
jq -e 'length < 12' <<<"$STDOUT" >/dev/null || fail "ps lists processes of the host"

ocirt kill --all "$ID" TERM
expect_status 0
for pid in $others; do wait_until sh -c "! kill -0 $pid"; done
ocirt state "$ID"
expect_equal "$(jq -r .status <<<"$STDOUT")" running status

ocirt pause "$ID"
expect_status 1
expect_error_contains "no cgroup of its own"
ocirt resume "$ID"
expect_status 1
expect_error_contains "not paused"
ocirt update --pids-limit 5 "$ID"
expect_status 1
expect_error_contains "no cgroup of its own"
ocirt kill --all "$ID" KILL
expect_status 0
stopped() { [ "$("${RUN_AS[@]}" "$OCIRT" --root "$STATE_ROOT" state "$ID" | jq -r .status)" = stopped ]; }
wait_until stopped
ocirt delete "$ID"
expect_status 0
expect_no_leftovers
