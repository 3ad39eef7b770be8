#!/bin/bash
# podman rm --force ends a container that runs, and all of its processes.
source "$(dirname "$0")/podman.bash"
pod_start -- sh -c 'sleep 1000 & sleep 1000'
pid=$(inspected '{{.State.Pid}}')
pod rm --force --time 0 "$CID"
expect_status 0
[ ! -e "/proc/$pid/root/." ] || fail "process $pid still runs"
eventually no_words live_container_pids || fail "processes left: $(live_container_pids)"
pod ps --all --quiet
expect_stdout ""
