#!/bin/bash
# What exec starts is subject to the limits of the container, and seen by its counters.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
payload sleep 100
start_container
ocirt exec --detach --pid-file "$WORK/pid" "$ID" sleep 100
expect_status 0
grep -qx "$(cat "$WORK/pid")" "$CGROUP/cgroup.procs" || fail "exec runs in $(cat "/proc/$(cat "$WORK/pid")/cgroup")"
