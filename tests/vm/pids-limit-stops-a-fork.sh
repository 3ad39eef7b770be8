#!/bin/bash
# A container with a limit of processes cannot have more.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
limit pids '{limit: 5}'
payload sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 100 & done; wait'
start_container
wait_until grep -q '^max [1-9]' "$CGROUP/pids.events"
expect_file pids.max 5
[ "$(wc -l <"$CGROUP/cgroup.procs")" -le 5 ] || fail "more than 5 processes"
