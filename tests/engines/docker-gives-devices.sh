#!/bin/bash
# docker run --device: the node is there and opens; without it a node that the payload makes does not.
source "$(dirname "$0")/docker.bash"
[ -c /dev/fuse ] || skip "needs /dev/fuse"
docker_run --rm --device /dev/fuse:/dev/other -- sh -c 'head -c 0 /dev/other && ls -l /dev/other'
expect_status 0
expect_stdout_contains "10, 229"
docker_run --rm -- sh -c 'mknod /dev/fuse c 10 229 && head -c 0 /dev/fuse'
expect_error_contains "Operation not permitted"
docker_run --rm --device-cgroup-rule "c 10:229 rwm" -- sh -c 'mknod /dev/fuse c 10 229 && head -c 0 /dev/fuse'
expect_status 0
