#!/bin/bash
# docker cp into a container that runs and out of it, and diff.
source "$(dirname "$0")/docker.bash"
docker_start -- sleep 1000
echo in >"$WORK/in"
docker cp "$WORK/in" "$CID:/tmp/in"
expect_status 0
docker exec "$CID" sh -c 'cat /tmp/in && echo out >/tmp/out'
expect_stdout in
docker cp "$CID:/tmp/out" "$WORK/out"
expect_equal "$(cat "$WORK/out")" out "the copied file"
docker diff "$CID"
expect_stdout_contains "A /tmp/out"
