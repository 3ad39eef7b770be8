#!/bin/bash
# run.oci.delegate-cgroup with systemd: SCOPE/container has the limits, the payload is in the cgroup below it.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
limit memory '{limit: 67108864}'
config '.linux.namespaces += [{type: "cgroup"}] | .annotations["run.oci.delegate-cgroup"] = "payload"'
payload sleep 1000
start_container
expect_file memory.max 67108864
expect_equal "$(cat "$CGROUP/payload/cgroup.procs")" "$(container_pid)" "processes in the delegated cgroup"
expect_equal "$(cat "$CGROUP/payload/memory.max")" max "memory.max of the delegated cgroup"
ocirt exec "$ID" cat /proc/self/cgroup
expect_stdout 0::/payload
ocirt delete --force "$ID"
expect_status 0
expect_no_unit
