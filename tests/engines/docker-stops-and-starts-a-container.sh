#!/bin/bash
# docker stop sends SIGTERM, start runs the same container again, and logs has what both printed.
source "$(dirname "$0")/docker.bash"
docker_start -- sh -c 'trap "echo bye; exit 7" TERM; echo ready >&2; while :; do sleep 0.05; done'
for count in 1 2; do
  have_logged() { [ "$("${DOCKER[@]}" logs "$CID" 2>&1 | grep -cx "$1")" = "$count" ]; }
  wait_until have_logged ready
  docker stop --time 30 "$CID"
  expect_status 0
  expect_equal "$(inspected '{{.State.Status}} {{.State.ExitCode}}')" "exited 7" state
  wait_until have_logged bye
  [ "$count" = 2 ] || docker start "$CID"
  expect_status 0
done
docker rm "$CID"
expect_status 0
