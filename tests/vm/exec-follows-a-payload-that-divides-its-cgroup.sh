#!/bin/bash
# A payload that hands controllers down, as systemd does, has left its own cgroup, which takes no process any
# more: exec lands where the container's first process is.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
limit pids '{limit: 50}'
config '.linux.namespaces += [{type: "cgroup"}]'
add_mount /sys/fs/cgroup cgroup cgroup rw
payload sh -c 'cd /sys/fs/cgroup && mkdir leaf && echo 1 >leaf/cgroup.procs && echo +pids >cgroup.subtree_control &&
  echo ready >/tmp/ready; sleep 100'
start_container
wait_until test -e "$ROOTFS/tmp/ready"
[ -n "$(cat "$CGROUP/cgroup.subtree_control")" ] || fail "the payload hands nothing down"
ocirt exec "$ID" cat /proc/self/cgroup
expect_status 0
expect_stdout 0::/leaf
# The limits of the whole are still ours to change, and all of its processes to list, pause and kill.
ocirt update --pids-limit 40 "$ID"
expect_status 0
expect_file pids.max 40
ocirt ps --format json "$ID"
expect_equal "$(jq -c 'length >= 1' <<<"$STDOUT")" true "processes found"
ocirt pause "$ID"
expect_status 0
ocirt resume "$ID"
expect_status 0
ocirt kill --all "$ID" KILL
expect_status 0
wait_for_status stopped
