#!/bin/bash
# Of a process that is killed for want of memory, and of an update that leads to it.
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
own_cgroup_path
payload sh -c 'while [ ! -e /go ]; do sleep 0.05; done; sh -c "x=0123456789abcdef; while :; do x=\$x\$x; done"; touch /after; sleep 1000'
start_container
events() { spawn "$OCIRT" --root "$STATE_ROOT" events --interval 100ms "$ID" >"$WORK/events"; }
events
wait_until grep -q '"type":"stats"' "$WORK/events"
ocirt update --memory 16m "$ID"
expect_status 0
if grep -q '"type":"oom"' "$WORK/events"; then fail "oom before its time"; fi
touch "$ROOTFS/go"
wait_until test -e "$ROOTFS/after"
wait_until grep -qxF "{\"type\":\"oom\",\"id\":\"$ID\"}" "$WORK/events"
# It goes on: the container still runs.
lines=$(wc -l <"$WORK/events")
wait_until sh -c "[ \$(wc -l <'$WORK/events') -gt $((lines + 2)) ]"
