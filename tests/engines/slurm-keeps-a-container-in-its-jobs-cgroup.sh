#!/bin/bash
# The container stays where Slurm put the job: the job's memory limit kills what is over it.
source "$(dirname "$0")/slurm.bash"
has_cgroup_v1 || skip "Slurm limits by cgroup v1 here, which this host lacks"
start_cluster
for JOB_USER in "$TEST_USER" root; do
  slurm srun --container "$BUNDLE" cat /proc/self/cgroup
  expect_status 0
  for controller in memory freezer; do
    grep -qE "^[0-9]+:$controller:/slurm_${NODES[0]}/uid_$(id -u "$JOB_USER")/job_" <<<"$STDOUT" ||
      fail "the container left the job's cgroup of $controller"
  done
  slurm srun --mem 100M --container "$BUNDLE" sh -c 'echo started; head -c 300m /dev/zero | tail -c 300m | wc -c'
  expect_stdout_contains started
  expect_stdout_lacks 314572800
done
expect_no_job_left
