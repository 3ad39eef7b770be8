#!/bin/bash
# The steps of the specification instead of `run`: create, state, start, state..., kill and delete.
source "$(dirname "$0")/slurm.bash"
start_cluster oci-create-start.conf
slurm srun --container "$BUNDLE" touch /made
expect_status 0
[ -e "$ROOTFS/made" ] || fail "the container did not run"
expect_no_job_left
