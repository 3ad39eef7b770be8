#!/bin/bash
# docker stats finds the container's cgroup: how many processes, and how much memory of which limit.
source "$(dirname "$0")/docker.bash"
docker_start --memory 64m -- sh -c 'sleep 1000 & wait'
has_two_processes() { [ "$(wc -l <"$(cgroup_file cgroup.procs)")" = 2 ]; }
wait_until has_two_processes
docker stats --no-stream --format '{{.PIDs}} {{.MemUsage}}' "$CID"
expect_status 0
case $STDOUT in "2 "*iB\ /\ 64MiB) ;; *) fail "not the container's usage" ;; esac
