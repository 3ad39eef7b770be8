#!/bin/bash
# A container whose limit of processes is lowered while it runs cannot have more.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
payload sh -c 'trap "go=1" USR1; go=; while [ -z "$go" ]; do sleep 0.1; done
  for i in 1 2 3 4 5 6 7 8; do sleep 100 & done; wait'
start_container
wait_for_program sh
echo '{"pids": {"limit": 4}}' >"$WORK/resources"
ocirt update --resources "$WORK/resources" "$ID"
expect_status 0
expect_file pids.max 4
ocirt kill "$ID" USR1
wait_until grep -q '^max [1-9]' "$CGROUP/pids.events"
[ "$(wc -l <"$CGROUP/cgroup.procs")" -le 4 ] || fail "more than 4 processes"
