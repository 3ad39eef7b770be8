#!/bin/bash
# The processors that an engine's service is kept to are no business of its containers: their cgroup
# says where they may run (config-linux.md#cpu, cpus).
source "$(dirname "$0")/../lib.sh"

need_root
[ "$(nproc)" -gt 1 ] || skip "one processor only"
new_bundle
config '.linux.cgroupsPath = "/'"$ID"'"'
payload probe affinity
run_container
expect_status 0
all=$STDOUT
RUN_AS=(taskset -c 0)
run_container
expect_status 0
expect_equal "$STDOUT" "$all" "cpus of run"

payload sleep 1000
start_container
ocirt exec "$ID" probe affinity
expect_equal "$STDOUT" "$all" "cpus of exec"
