#!/bin/bash
# docker kill sends the signal that is named, SIGKILL by default.
source "$(dirname "$0")/docker.bash"
docker_start -- sh -c 'trap "echo caught" USR1; echo ready; while :; do sleep 0.05; done'
wait_until logs_say ready
docker kill --signal USR1 "$CID"
expect_status 0
wait_until logs_say caught
docker kill "$CID"
expect_status 0
wait_until has_docker_status exited
expect_equal "$(inspected '{{.State.ExitCode}}')" 137 "exit code"
docker kill "$CID"
expect_error_contains "is not running"
