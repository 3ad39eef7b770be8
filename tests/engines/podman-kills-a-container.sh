#!/bin/bash
# podman kill sends the signal that is named, SIGKILL by default.
source "$(dirname "$0")/podman.bash"
pod_start -- sh -c 'trap "echo caught" USR1; echo ready; while :; do sleep 0.05; done'
says() { "${PODMAN[@]}" logs "$CID" | grep -qx "$1"; }
wait_until says ready
pod kill --signal USR1 "$CID"
expect_status 0
wait_until says caught
pod kill "$CID"
expect_status 0
wait_until has_podman_status exited
expect_equal "$(inspected '{{.State.ExitCode}}')" 137 "exit code"
