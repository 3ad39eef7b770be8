#!/bin/bash
# docker run --init puts docker's own init above the payload.
source "$(dirname "$0")/docker.bash"
docker_run --rm --init -- sh -c 'cat /proc/1/comm; [ $$ != 1 ] && exit 6'
expect_status 6
expect_stdout docker-init
