#!/bin/bash
# A payload beyond its memory limit is killed, and docker says why.
source "$(dirname "$0")/docker.bash"
docker_run --name "$TAG" --memory 16m --memory-swap 16m -- \
  sh -c 'exec head -c 100000000 /dev/zero | tail -c 100000000 >/dev/null; sleep 0.1; exit 3'
CID=$TAG
was_oom_killed() { [ "$(inspected '{{.State.OOMKilled}}')" = true ]; }
wait_until was_oom_killed
