#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
without_namespace pid
payload sh -c 'setsid sleep 2000 & sleep 3000'
start_container
wait_until sh -c "[ \$(cat /sys/fs/cgroup/pids/*$ID/cgroup.procs /sys/fs/cgroup/*$ID/cgroup.procs 2>/dev/null | wc -l) -ge 3 ] || [ \$(pgrep -fc 'sleep [23]000') -ge 2 ]"
ocirt delete --force "$ID"
expect_status 0
expect_no_leftovers
