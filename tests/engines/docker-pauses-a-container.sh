#!/bin/bash
# docker pause freezes the payload and unpause thaws it; a paused container can be stopped.
source "$(dirname "$0")/docker.bash"
docker_start -- sh -c 'trap "exit 7" TERM; while :; do sleep 0.05; done'
docker pause "$CID"
expect_status 0
expect_equal "$(inspected '{{.State.Status}}')" paused status
ocirt state "$CID"
expect_equal "$(jq -r .status <<<"$STDOUT")" paused "status that the runtime tells"
docker exec "$CID" true
expect_error_contains "is paused"
docker unpause "$CID"
expect_status 0
expect_equal "$(inspected '{{.State.Status}}')" running status
docker exec "$CID" echo awake
expect_stdout awake
docker pause "$CID"
expect_status 0
docker rm --force "$CID"
expect_status 0
