#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "others leave what they wrote before"
new_bundle
own_cgroup_path
payload sleep 1000
config '.linux.resources.memory = {limit: 67108864}'
start_container
ocirt update --memory 32m --cpuset-cpus 4000 --pids-limit 5 "$ID"
expect_status 1
expect_error_contains 'write "4000" to '
expect_error_contains /cpuset.cpus
expect_error_contains "limits are as they were"
expect_cgroup memory memory.limit_in_bytes 67108864 memory.max 67108864
expect_cgroup pids pids.max max pids.max max
# Nor is anything of it remembered.
ocirt update --cpu-share 512 "$ID"
expect_status 0
expect_cgroup memory memory.limit_in_bytes 67108864 memory.max 67108864
