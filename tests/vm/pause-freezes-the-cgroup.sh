#!/bin/bash
# pause freezes every process of the container, and resume thaws them.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
payload sleep 100
start_container
ocirt pause "$ID"
expect_status 0
grep -qx 'frozen 1' "$CGROUP/cgroup.events" || fail "not frozen"
wait_for_status paused
ocirt resume "$ID"
expect_status 0
grep -qx 'frozen 0' "$CGROUP/cgroup.events" || fail "still frozen"
wait_for_status running
