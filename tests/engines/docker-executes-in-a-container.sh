#!/bin/bash
# docker exec: output, status, environment, working directory, user and standard input.
source "$(dirname "$0")/docker.bash"
docker_start -- sleep 1000
docker exec --env GREETING=hello --workdir /tmp --user 12:34 "$CID" \
  sh -c 'echo "$GREETING $PWD $(id -u):$(id -g)"; echo complaint >&2; exit 9'
expect_status 9
expect_stdout "hello /tmp 12:34"
expect_equal "$STDERR" complaint stderr
echo typed | "${DOCKER[@]}" exec --interactive "$CID" cat >"$WORK/echoed"
expect_equal "$(cat "$WORK/echoed")" typed "what cat read"
docker exec --privileged "$CID" grep CapEff /proc/self/status
# All that docker knows, of which this host may lack some.
expect_stdout "CapEff:"$'\t'"$(printf %016x "$((0x3fffffffff & 0x$(awk '/CapBnd/ { print $2 }' /proc/self/status)))")"
docker exec --detach "$CID" sh -c 'echo $$ >/started; exec sleep 1000'
expect_status 0
wait_until "${DOCKER[@]}" exec "$CID" test -s /started >/dev/null
