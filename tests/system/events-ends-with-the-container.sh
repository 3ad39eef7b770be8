#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc goes on until the cgroup is removed"
new_bundle
payload sleep 1000
start_container
spawn sh -c "'$OCIRT' --root '$STATE_ROOT' events --interval 50ms '$ID' >'$WORK/events'; echo \$? >'$WORK/status'"
wait_until test -s "$WORK/events"
ocirt kill "$ID" KILL
expect_status 0
wait_until test -s "$WORK/status"
expect_equal "$(cat "$WORK/status")" 0 "status of events"
if grep -vq '"type":"stats"' "$WORK/events"; then fail "more than statistics: $(cat "$WORK/events")"; fi
