#!/bin/bash
# podman run -d, inspect and stop: the payload gets SIGTERM, and its status is kept.
source "$(dirname "$0")/podman.bash"
pod_start -- sh -c 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done'
wait_until has_podman_status running
is_ready() { "${PODMAN[@]}" logs "$CID" | grep -qx ready; }
wait_until is_ready
pod stop --time 30 "$CID"
expect_status 0
expect_equal "$(inspected '{{.State.Status}} {{.State.ExitCode}}')" "exited 7" state
pod rm "$CID"
expect_status 0
