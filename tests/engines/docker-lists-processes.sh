#!/bin/bash
# docker top lists every process in the container, those of exec as well.
source "$(dirname "$0")/docker.bash"
docker_start -- sh -c 'sleep 1000 & wait'
docker exec --detach "$CID" sleep 2000
expect_status 0
has_three_processes() { [ "$(wc -l <"$(cgroup_file cgroup.procs)")" = 3 ]; }
wait_until has_three_processes
docker top "$CID" -eo pid,comm
expect_status 0
expect_equal "$(awk 'NR > 1 { print $1 }' <<<"$STDOUT" | sort)" "$(sort "$(cgroup_file cgroup.procs)")" pids
