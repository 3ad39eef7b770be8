#!/bin/bash
# Without a pid namespace of its own, all processes of a container still end with it.
source "$(dirname "$0")/docker.bash"
docker_start --pid host -- sh -c 'sleep 1000 & sleep 1000 & wait'
has_three_processes() { [ "$(wc -l <"$(cgroup_file cgroup.procs)")" = 3 ]; }
wait_until has_three_processes
pids=$(paste -sd, "$(cgroup_file cgroup.procs)")
docker rm --force "$CID"
expect_status 0
expect_equal "$(ps -o pid,args --no-headers -p "$pids" || true)" "" "processes left"
