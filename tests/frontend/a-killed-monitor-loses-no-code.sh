#!/bin/bash
# SIGKILL to the monitor, then the container ends: wait, ps and inspect tell how, where the kernel can.
source "$(dirname "$0")/containers_lib.sh"
[ "$(printf '%s\n' 6.15 "$(uname -r)" | sort -V | head -n 1)" = 6.15 ] || skip "needs Linux 6.15"
[ "$(id -u)" = 0 ] || skip "needs root, to mount what keeps the code"
import_busybox
is_exited() { [ "$("$OCICTL" --root "$STORE" ps -a --format '{{.State}} {{.ExitCode}}' --filter name="$1")" = "exited $2" ]; }
orphan() {
  run -d "$@" busybox sh -c 'trap "exit 44" TERM; while :; do sleep 0.1; done'
  expect_status 0
  kill -KILL "$(cat "$OCICTL_RUNROOT/$STDOUT/conmon.pid")"
}

# Somebody waits while it ends.
orphan --name one
ocictl ps --format '{{.State}}'
expect_stdout running
spawn "$OCICTL" --root "$STORE" wait one >"$WORK/code"
ocictl kill --signal TERM one
wait "$HELPER"
expect_equal "$(cat "$WORK/code")" 44 "what wait tells"
ocictl inspect --format '{{.State.Status}} {{.State.ExitCode}}' one
expect_stdout "exited 44"

# Nobody does.
orphan --name two
ocictl inspect --format '{{.State.Pid}}' two
kill -KILL "$STDOUT"
wait_until is_exited two 137

# It is started again, and has a monitor again.
ocictl start one
expect_status 0
ocictl stop --time 10 one
ocictl wait one
expect_stdout 44

# One that goes with its end.
orphan --name three --rm
spawn "$OCICTL" --root "$STORE" wait three >"$WORK/code"
ocictl kill --signal TERM three
wait "$HELPER"
expect_equal "$(cat "$WORK/code")" 44 "what wait tells of one that is removed"

ocictl rm --all --force --time 0
expect_status 0
expect_equal "$(ls -A "$OCICTL_RUNROOT/recovery")" "" "what is left behind"
grep -q "$OCICTL_RUNROOT" /proc/self/mountinfo && fail "a mount is left: $(grep "$OCICTL_RUNROOT" /proc/self/mountinfo)"
exit 0
