#!/bin/bash
# run.oci.delegate-cgroup: the payload sits in a cgroup below the container's, which it divides; the limits hold
# above it, and processes that come later go there, too.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
limit memory '{limit: 67108864}'
config '.linux.namespaces += [{type: "cgroup"}] | .annotations["run.oci.delegate-cgroup"] = "/init"'
add_mount /sys/fs/cgroup cgroup cgroup rw
payload sh -c 'cd /sys/fs/cgroup && mkdir job && echo 16777216 >job/memory.max && cat /proc/self/cgroup job/memory.max
  exec sleep 1000'
start_container
wait_until grep -q 16777216 "$CONTAINER_OUT"
expect_equal "$(container_output)" $'0::/init\n16777216' "what the payload printed"
expect_file memory.max 67108864
expect_equal "$(cat "$CGROUP/cgroup.procs")" "" "processes in the container's own cgroup"
expect_equal "$(cat "$CGROUP/init/cgroup.procs")" "$(container_pid)" "processes in the delegated cgroup"
expect_equal "$(cat "$CGROUP/init/memory.max")" max "memory.max of the delegated cgroup"
ocirt exec "$ID" cat /proc/self/cgroup
expect_status 0
expect_stdout 0::/init
ocirt update --memory 33554432 --memory-swap 33554432 "$ID"
expect_status 0
expect_file memory.max 33554432
ocirt delete --force "$ID"
expect_status 0
expect_no_leftovers
