#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
config '.linux.resources += {memory: {limit: 67108864}, pids: {limit: 77}, cpu: {shares: 512, quota: 50000, period: 100000}}'
create_container
expect_cgroup memory memory.limit_in_bytes 67108864 memory.max 67108864
expect_cgroup pids pids.max 77 pids.max 77
expect_cgroup cpu cpu.cfs_quota_us 50000 cpu.max "50000 100000"
ocirt delete --force "$ID"
expect_no_leftovers
