#!/bin/bash
# A container whose memory limit is lowered while it runs is killed when it wants more, and events says oom.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
payload sh -c 'trap "go=1" USR1; go=; while [ -z "$go" ]; do sleep 0.1; done
  x=0123456789abcdef; while :; do x=$x$x; done'
start_container
wait_for_program sh
spawn sh -c "'$OCIRT' --root '$STATE_ROOT' events --interval 300ms '$ID' >'$WORK/events'; echo \$? >'$WORK/ended'"
wait_until grep -q '"type":"stats"' "$WORK/events"
ocirt update --memory 16m --memory-swap 16m "$ID"
expect_status 0
expect_file memory.max 16777216
expect_file memory.swap.max 0
ocirt kill "$ID" USR1
expect_status 0
wait_for_status stopped
wait_until test -s "$WORK/ended"
expect_equal "$(cat "$WORK/ended")" 0 "status of events"
expect_equal "$(grep -cxF "{\"type\":\"oom\",\"id\":\"$ID\"}" "$WORK/events")" 1 "events of type oom"
jq -se 'all(.[] | select(.type == "stats") | .data; .memory.usage.usage > 0 and .cpu.usage.total > 0 and .pids.current > 0)' \
  "$WORK/events" >/dev/null || fail "statistics that can't be true: $(cat "$WORK/events")"
grep -qx 'oom_kill 1' "$CGROUP/memory.events" || fail "no process was killed"
