#!/bin/bash
# Under our monitor a container is executed in, stopped, waited for, restarted, killed and removed.
source "$(dirname "$0")/podman-shim.bash"
pod_has_file() { "${PODMAN[@]}" exec life test -e /tmp/made; }
pod_start --name life -- sh -c 'echo started; trap "exit 7" TERM; while :; do sleep 0.1; done'
eventually has_podman_status running || fail "it doesn't run"
pod exec life sh -c 'echo in; echo err >&2; exit 9'
expect_status 9
expect_stdout in
pod exec life no-such-command
expect_status 127
pod exec --detach life touch /tmp/made
eventually pod_has_file || fail "exec -d made no file"
pod stop life
expect_status 0
pod wait life
expect_stdout 7
expect_equal "$(inspected '{{.State.ExitCode}}')" 7 "exit code"
pod restart life
expect_status 0
pod kill life
pod wait life
expect_stdout 137
pod logs life
expect_stdout $'started\nstarted'
pod rm life
expect_status 0
