#!/bin/bash
# Below a cgroup that holds processes, as ours does, a container can run but have no limits of its own; the
# kernel would take the pids controller there, and then no process could enter.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
payload true
run_container
expect_status 0

path=$(sed 's/^0:://' /proc/self/cgroup)/$TAG-cgroup
config '.linux.cgroupsPath = $path' --arg path "$path"
limit pids '{limit: 5}'
run_container
expect_error_contains "while processes are in it"
[ -z "$(cat "/sys/fs/cgroup${path%/*}/cgroup.subtree_control")" ] || fail "our own cgroup hands controllers down"
