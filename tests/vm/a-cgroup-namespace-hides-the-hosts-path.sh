#!/bin/bash
# In a cgroup namespace of its own the container sits in the root, and its mount of cgroup v2 begins there.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
config '.linux.namespaces += [{type: "cgroup"}]'
add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev ro
limit pids '{limit: 17}'
payload sh -c 'cat /proc/self/cgroup /sys/fs/cgroup/pids.max'
run_container
expect_status 0
expect_stdout $'0::/\n17'
