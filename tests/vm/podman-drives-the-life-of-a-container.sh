#!/bin/bash
# podman run -d, exec, pause, unpause, kill, inspect, stop and rm.
# As: root dev
source "$(dirname "$0")/podman.bash"
status_is() { expect "$(pod inspect --format '{{.State.Status}}' "$NAME")" "$1" "status"; }

pod_run --detach --name "$NAME" -- sh -c 'trap "exit 7" TERM; while :; do sleep 0.1; done' >/dev/null
status_is running
expect "$(pod exec "$NAME" sh -c 'echo hello; exit 0')" hello
status=0
pod exec "$NAME" sh -c 'exit 9' || status=$?
expect "$status" 9 "status of exec"
pod pause "$NAME" >/dev/null
status_is paused
pod unpause "$NAME" >/dev/null
status_is running
pod stop --time 60 "$NAME" >/dev/null
status_is exited
expect "$(pod inspect --format '{{.State.ExitCode}}' "$NAME")" 7 "exit code"
pod rm "$NAME" >/dev/null
