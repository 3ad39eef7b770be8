#!/bin/bash
# One job, and a container on each of its nodes; its steps have one each.
source "$(dirname "$0")/slurm.bash"
start_cluster
slurm srun --nodes 2 --container "$BUNDLE" sh -c 'echo "one of $SLURM_NNODES"'
expect_status 0
expect_stdout $'one of 2\none of 2'
slurm salloc --quiet --nodes 2 sh -c '
  for step in 1 2; do srun --nodes 1 --container "$0" sh -c "sleep 0.1; echo step \$SLURM_STEP_ID" & done
  wait' "$BUNDLE"
expect_status 0
expect_equal "$(sort <<<"$STDOUT")" $'step 0\nstep 1' stdout
expect_no_job_left
