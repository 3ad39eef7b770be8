#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "older versions of runc know neither"
new_bundle
own_cgroup_path
payload sleep 1000
start_container
ocirt update --cpu-quota 50000 --cpu-burst 20000 "$ID"
expect_status 0
expect_cgroup cpu cpu.cfs_burst_us 20000 cpu.max.burst 20000
# Less than the burst that was saved up so far.
ocirt update --cpu-quota 10000 --cpu-burst 5000 "$ID"
expect_status 0
expect_cgroup cpu cpu.cfs_quota_us 10000 cpu.max "10000 100000"
expect_cgroup cpu cpu.cfs_burst_us 5000 cpu.max.burst 5000

ocirt update --cpu-idle 1 "$ID"
expect_status 0
expect_cgroup cpu cpu.idle 1 cpu.idle 1
ocirt update --cpu-idle 0 --cpu-share 512 "$ID"
expect_status 0
expect_cgroup cpu cpu.shares 512 cpu.weight 59
