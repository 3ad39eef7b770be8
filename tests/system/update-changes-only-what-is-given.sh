#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
own_cgroup_path
payload sleep 1000
config '.linux.resources += {memory: {limit: 67108864}, pids: {limit: 77}}'
start_container
ocirt update --pids-limit 55 "$ID"
expect_status 0
expect_silence
expect_cgroup pids pids.max 55 pids.max 55
expect_cgroup memory memory.limit_in_bytes 67108864 memory.max 67108864

ocirt update --memory 32m "$ID"
expect_status 0
expect_cgroup pids pids.max 55 pids.max 55
expect_cgroup memory memory.limit_in_bytes 33554432 memory.max 33554432
has_status "$ID" running || fail "the container does not run any more"
