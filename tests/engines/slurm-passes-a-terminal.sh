#!/bin/bash
# srun --pty: the container reads from and writes to a terminal of our size; its bundle is as docs/engines says.
source "$(dirname "$0")/slurm.bash"
start_cluster
rm "$CONFIG"
"${RUN_AS[@]}" "$OCIRT" spec --rootless --bundle "$BUNDLE"
on_terminal --size 33x77
slurm srun --pty --container "$BUNDLE" sh -c 'test -t 0 && stty size; id -u; exit 3'
expect_status 3
expect_equal "$(tr -d '\r' <<<"$STDOUT" | head -n 2)" $'33 77\n0' stdout
PREFIX=()
expect_no_job_left
