#!/bin/bash
# podman exec: output, status, environment, working directory and user.
source "$(dirname "$0")/podman.bash"
pod_start -- sleep 1000
pod exec --env GREETING=hello --workdir /tmp --user 12:34 "$CID" \
  sh -c 'echo "$GREETING $PWD $(id -u):$(id -g)"; exit 9'
expect_status 9
expect_stdout "hello /tmp 12:34"
pod exec "$CID" no-such-command
expect_status 127
pod exec "$CID" /etc
expect_status 126
echo typed | "${PODMAN[@]}" exec --interactive "$CID" cat >"$WORK/echoed"
expect_equal "$(cat "$WORK/echoed")" typed "what cat read"
