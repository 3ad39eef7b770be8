#!/bin/bash
# docker run --rm passes on output and status, and leaves nothing behind.
source "$(dirname "$0")/docker.bash"
docker_run --rm --hostname inside -- sh -c 'hostname; echo $$; echo complaint >&2; exit 42'
expect_status 42
expect_stdout $'inside\n1'
expect_equal "$STDERR" complaint stderr
docker ps --all --quiet
expect_stdout ""
expect_equal "$(ls "$STATE_ROOT")" "" "state directories"
expect_equal "$(container_cgroups | grep "/$TAG/" || true)" "" cgroups
