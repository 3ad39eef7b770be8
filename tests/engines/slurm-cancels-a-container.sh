#!/bin/bash
# scancel ends the container, of a plain user and of root, and nothing of it is left.
source "$(dirname "$0")/slurm.bash"
start_cluster
for JOB_USER in "$TEST_USER" root; do
  spawn as_job_user srun --container "$BUNDLE" sh -c 'trap "" TERM; sleep 1000 & touch /running; wait; sleep 1000'
  wait_until test -e "$ROOTFS/running"
  rm "$ROOTFS/running"
  [ -n "$(state_directories)" ] || fail "the runtime under test has no such container"
  slurm scancel "$(jobs_in_queue)"
  expect_status 0
  expect_no_job_left
done
