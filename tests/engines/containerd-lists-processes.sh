#!/bin/bash
# ctr task ps lists the pids of all processes in the container, those of exec as well.
source "$(dirname "$0")/containerd.bash"
ctr_run --detach -- "$ID" sh -c 'sleep 1000 & wait'
expect_status 0
client task exec --detach --exec-id one "$ID" sleep 1000
expect_status 0
cgroup=$(container_cgroups | grep --max-count 1 "/$ID\$")
has_three_processes() { [ "$(wc -l <"$cgroup/cgroup.procs")" = 3 ]; }
wait_until has_three_processes
client task ps "$ID"
expect_status 0
expect_equal "$(awk 'NR > 1 { print $1 }' <<<"$STDOUT" | sort)" "$(sort "$cgroup/cgroup.procs")" pids
