#!/bin/bash
# The life of a pod: its container runs, ends and is removed, and nothing is left.
source "$(dirname "$0")/cri.bash"
run_pod
[ -d "$STATE_ROOT/$POD" ] || fail "containerd does not use the runtime under test"
run_container_in_pod sh -c 'hostname; echo $$; exit 5'
wait_until has_state "CONTAINER_EXITED 5"
expect_equal "$(cut -d' ' -f2- "$WORK/logs/c1.log")" $'stdout F inside\nstdout F 1' "the container's log"
cri RemoveContainer "{\"container_id\": \"$CID\"}"
expect_status 0
remove_pod
expect_equal "$(ls "$STATE_ROOT")" "" "state directories"
expect_equal "$(container_cgroups | grep "/$TAG/" || true)" "" cgroups
