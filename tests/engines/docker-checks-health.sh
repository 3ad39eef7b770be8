#!/bin/bash
# A health check is a process that docker adds to the container, again and again.
source "$(dirname "$0")/docker.bash"
docker_start --health-cmd 'test ! -e /ill' --health-interval 200ms --health-retries 1 -- sleep 1000
has_health() { [ "$(inspected '{{.State.Health.Status}}')" = "$1" ]; }
wait_until has_health healthy
docker exec "$CID" touch /ill
wait_until has_health unhealthy
