#!/bin/bash
# ctr task exec: output, status and user; with a terminal, too.
source "$(dirname "$0")/containerd.bash"
ctr_start
client task exec --exec-id one --user 12:34 "$ID" sh -c 'echo "$(id -u):$(id -g)"; exit 9'
expect_status 9
expect_stdout 12:34
on_terminal
client task exec --exec-id two --tty "$ID" tty
expect_status 0
expect_stdout_contains /dev/pts/0
