#!/bin/bash
# podman run under our monitor: output, input, every exit code.
source "$(dirname "$0")/podman-shim.bash"
pod_run --rm -- sh -c 'echo out; echo err >&2; exit 3'
expect_status 3
expect_stdout out
expect_equal "$STDERR" err stderr
for code in 0 1; do
  pod_run --rm -- sh -c "exit $code"
  expect_status "$code"
done
pod_run --rm -- /etc
expect_status 126
pod_run --rm -- no-such-command
expect_status 127
pod_run --rm --init=false -- sh -c 'sh -c "kill -9 \$\$"; exit $?'
expect_status 137
pod_run --rm --timeout 1 -- sleep 30
expect_status 255
STDOUT=$(head -c 3000000 /dev/zero | "${PODMAN[@]}" run --rm -i --cgroup-parent "/$TAG" $IMAGE wc -c)
expect_stdout 3000000
