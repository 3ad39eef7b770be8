#!/bin/bash
# docker's default runtime is the one under test, and run --runtime finds it by name.
source "$(dirname "$0")/docker.bash"
docker info --format '{{.DefaultRuntime}} {{(index .Runtimes "ocirt").Path}}'
expect_stdout "ocirt $OCIRT"
for options in "" "--runtime ocirt"; do
  # shellcheck disable=SC2086  # no word, or two
  docker_start $options -- sleep 1000
  expect_equal "$(inspected '{{.HostConfig.Runtime}}')" ocirt runtime
  ocirt state "$CID"
  expect_equal "$(jq -r '.status, .pid' <<<"$STDOUT")" "$(inspected $'running\n{{.State.Pid}}')" "state that the runtime tells"
  docker rm --force "$CID"
  expect_status 0
  [ ! -e "$STATE_ROOT/$CID" ] || fail "the runtime still has a state directory"
done
