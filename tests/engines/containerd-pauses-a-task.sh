#!/bin/bash
# ctr task pause and resume.
source "$(dirname "$0")/containerd.bash"
ctr_start
client task pause "$ID"
expect_status 0
wait_until has_task_status PAUSED
client task resume "$ID"
expect_status 0
wait_until has_task_status RUNNING
client task exec --exec-id one "$ID" echo awake
expect_stdout awake
