# shellcheck shell=bash
# For tests in which Slurm drives the runtime under test: a cluster of two nodes on this machine, and a job's
# user without privileges.
#
#   source "$(dirname "$0")/slurm.bash"
#   start_cluster
#   slurm srun --container "$BUNDLE" echo hello    any command of Slurm, as the user
#   expect_stdout hello
#
# The cluster has namespaces of its own: a network, so that ports are free, and mounts, so that the user is
# known. Its oci.conf and what that calls are docs/engines/slurm/. Calls keep STATUS, STDOUT and STDERR.

[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
[ -n "${OCIRT_OWN_CLUSTER-}" ] ||
  OCIRT_OWN_CLUSTER=1 exec unshare --net --mount --propagation slave bash "$0"
unset OCIRT_OWN_CLUSTER

source "$(dirname "${BASH_SOURCE[0]}")/engine.bash"
for command in munged slurmctld slurmd srun setpriv ip; do need_command "$command"; done

ADDRESS=192.0.2.1 # resolvers do not count a loopback address
NODES=("$TAG-1" "$TAG-2")
JOBS=$WORK/jobs # where the user's jobs run and write
SLURM_CONF=$WORK/etc/slurm.conf
export SLURM_CONF
JOB_USER=$TEST_USER

# Limits and killing are by cgroup where Slurm can do that: the version of 2022 needs v1, or systemd.
has_cgroup_v1() {
  [ -d /sys/fs/cgroup/freezer ] && [ -d /sys/fs/cgroup/memory ]
}

# The spool's path is short, since those of sockets in it may have 107 bytes.
write_slurm_conf() {
  local host tracking=linuxproc task=none node port=17000
  host=$(hostname -s)
  if has_cgroup_v1; then
    tracking=cgroup
    task=cgroup
    printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=/sys/fs/cgroup\nConstrainRAMSpace=yes\n' >"$WORK/etc/cgroup.conf"
  fi
  cat >"$SLURM_CONF" <<END
ClusterName=$TAG
SlurmctldHost=$host($ADDRESS)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$WORK/munge/socket
CredType=cred/munge
SlurmctldPidFile=$WORK/slurm/slurmctld.pid
StateSaveLocation=$WORK/slurm/state
SlurmdPidFile=$WORK/slurm/%n.pid
SlurmdSpoolDir=$WORK/%n
ProctrackType=proctrack/$tracking
TaskPlugin=task/$task
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerNode=200
PropagateResourceLimits=NONE
KillWait=1
ReturnToService=2
END
  for node in "${NODES[@]}"; do
    port=$((port + 1))
    echo "NodeName=$node NodeHostname=$host NodeAddr=$ADDRESS Port=$port CPUs=1 RealMemory=400"
  done >>"$SLURM_CONF"
  echo "PartitionName=all Nodes=ALL Default=YES" >>"$SLURM_CONF"
}

# start_cluster [FILE] with that oci.conf of docs/engines/slurm.
start_cluster() {
  local from=$TESTS/../docs/engines/slurm node
  sed "s,/usr/bin/ocirt,$OCIRT," "$from/ocirt-slurm" >"$WORK/etc/ocirt-slurm"
  chmod 755 "$WORK/etc/ocirt-slurm"
  sed "s,/usr/libexec/ocirt-slurm,$WORK/etc/ocirt-slurm," "$from/${1-oci.conf}" >"$WORK/etc/oci.conf"
  write_slurm_conf
  dd if=/dev/urandom of="$WORK/munge/key" bs=128 count=1 status=none
  chmod 400 "$WORK/munge/key"
  start_daemon munged munged --foreground --force --socket="$WORK/munge/socket" --key-file="$WORK/munge/key" \
    --log-file="$WORK/munge/log" --pid-file="$WORK/munge/pid" --seed-file="$WORK/munge/seed"
  wait_until test -S "$WORK/munge/socket"
  start_daemon slurmctld slurmctld -D
  for node in "${NODES[@]}"; do start_daemon "$node" slurmd -D -N "$node"; done
  eventually nodes_are_idle || fail "the cluster does not start: $(tail -n 3 "$WORK"/slurm/*.log)"
}

# start_daemon NAME COMMAND...: daemons and their jobs inherit the mark, by which they are found at the end.
start_daemon() {
  OCIRT_TEST_MARK=$WORK "${@:2}" &>"$WORK/slurm/$1.log" &
  HELPER_PIDS+=($!)
  disown
}

nodes_are_idle() {
  [ "$(sinfo --noheader --Node --format %t | sort -u)" = idle ] &&
    [ "$(sinfo --noheader --format %D)" = ${#NODES[@]} ]
}

as_job_user() {
  local id=(--reuid "$JOB_USER" --regid "$JOB_USER" --init-groups)
  [ "$JOB_USER" != root ] || id=()
  setpriv "${id[@]}" env -i --chdir="$JOBS" PATH=/usr/bin:/bin HOME="$JOBS" SLURM_CONF="$SLURM_CONF" "$@"
}

slurm() {
  keep_output_of as_job_user "${PREFIX[@]}" "$@"
}

# Slurm takes seconds between asking a job to end, killing it, and calling it over.
within_30_s() {
  eventually "$@" || eventually "$@" || eventually "$@"
}

# The ids of jobs that are not over.
jobs_in_queue() {
  squeue --noheader --format %i
}

# The runtime's state directories of our nodes' containers.
state_directories() {
  find "/tmp/ocirt-$TEST_UID" /run/ocirt -maxdepth 1 -name "$TAG*" 2>/dev/null || true
}

# Nothing of a job remains: no process, no state of the runtime, no bundle in Slurm's spool.
expect_no_job_left() {
  within_30_s no_words jobs_in_queue || fail "jobs left: $(squeue)"
  within_30_s nodes_are_idle || fail "nodes are not idle: $(sinfo)"
  eventually no_words container_processes || fail "processes left: $(container_processes)"
  eventually no_words state_directories || fail "state left: $(state_directories)"
  expect_equal "$(find "$WORK/${NODES[0]}" "$WORK/${NODES[1]}" -name 'oci-*')" "" "bundles in the spool"
}

# Processes whose root is the bundle's.
container_processes() {
  grep -lsE "^[^ ]+ [^ ]+ [^ ]+ [^ ]*/${WORK##*/}/[^ ]* / " /proc/[0-9]*/mountinfo | cut -d/ -f3 || true
}

# shellcheck disable=SC2317  # called at the end
clean_up_slurm() {
  local status=$? pid directory
  trap - EXIT
  set +e
  for pid in $(container_processes); do kill -KILL "$pid"; done 2>/dev/null
  for directory in $(state_directories); do rm -rf "$directory"; done
  rmdir "/tmp/ocirt-$TEST_UID" 2>/dev/null
  (exit "$status")
  clean_up
}

trap clean_up_slurm EXIT
ip link set lo up
ip address add "$ADDRESS/32" dev lo
new_bundle
without_namespace network # what a container does in Slurm: jobs talk to each other over the host's
become_user subids
for name in passwd group subuid subgid; do mount --bind "$USER_FILES/$name" "/etc/$name"; done
mkdir -p "$WORK"/{etc,munge,slurm/state,jobs}
chown "$JOB_USER:" "$JOBS"
