#!/bin/bash
# ctr task kill, task rm and container rm, step by step.
source "$(dirname "$0")/containerd.bash"
ctr_start
client task kill --signal KILL "$ID"
expect_status 0
wait_until has_task_status STOPPED
client task rm "$ID"
expect_status 0
case $STDERR in *"exit code 137"*) ;; *) fail "the task did not end by SIGKILL" ;; esac
[ ! -e "$STATE_ROOT/default/$ID" ] || fail "the runtime still has a state directory"
client container rm "$ID"
expect_status 0
client container ls --quiet
expect_stdout ""
