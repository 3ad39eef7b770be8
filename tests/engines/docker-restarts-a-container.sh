#!/bin/bash
# --restart on-failure: docker runs a container again that fails, as often as it was told.
source "$(dirname "$0")/docker.bash"
docker_start --restart on-failure:2 -- sh -c 'echo run; exit 4'
has_given_up() { [ "$(inspected '{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}')" = "2 exited 4" ]; }
wait_until has_given_up
docker logs "$CID"
expect_stdout $'run\nrun\nrun'
