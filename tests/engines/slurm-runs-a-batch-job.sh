#!/bin/bash
# sbatch --container runs the script in the container, with its output in a file and its status in the job.
source "$(dirname "$0")/slurm.bash"
start_cluster
cat >"$JOBS/script" <<'END'
#!/bin/sh
echo "$(hostname) $(id -u) $1"
echo complaint >&2
exit 5
END
slurm sbatch --wait --parsable --output out.%j --container "$BUNDLE" script word
expect_status 5
job=$STDOUT
expect_no_job_left
expect_equal "$(cat "$JOBS/out.$job")" $'ocirt 0 word\ncomplaint' "the job's output"
expect_equal "$(scontrol --oneliner show job "$job" | grep -o ' ExitCode=[^ ]*')" " ExitCode=5:0" "the job's status"
