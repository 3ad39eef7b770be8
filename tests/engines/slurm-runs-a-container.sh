#!/bin/bash
# srun --container as a plain user: output, input, environment and status pass through, and nothing is left.
source "$(dirname "$0")/slurm.bash"
start_cluster
slurm env GREETING=hello srun --container "$BUNDLE" \
  sh -c 'echo "$GREETING $SLURM_JOB_NAME $(hostname) $(id -u)"; cat /proc/1/comm; echo complaint >&2; exit 7'
expect_status 7
expect_stdout $'hello sh ocirt 0\nsh'
case $STDERR in *complaint*) ;; *) fail "no stderr" ;; esac
echo typed | as_job_user srun --container "$BUNDLE" cat >"$WORK/echoed"
expect_equal "$(cat "$WORK/echoed")" typed "what cat read"
slurm srun --container "$BUNDLE" /no/such
expect_error_contains 'ocirt: exec: "/no/such": no such file or directory'
expect_no_job_left
