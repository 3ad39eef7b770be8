#!/bin/bash
# SIGKILL ends a frozen container: cgroup v2 lets it through.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
payload sleep 100
start_container
ocirt pause "$ID"
expect_status 0
ocirt kill "$ID" KILL
expect_status 0
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
[ ! -e "$CGROUP" ] || fail "the cgroup is still there"
