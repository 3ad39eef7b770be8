#!/bin/bash
# All of runc's and crun's that this host's controllers know; kernel memory is accepted and does nothing.
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
own_cgroup_path
payload sleep 1000
start_container
ocirt update --memory 64m --memory-reservation 32m --memory-swap 128m --kernel-memory 1m --kernel-memory-tcp=1m \
  --cpu-period 50000 --cpu-quota=25000 --cpu-share 2048 --cpuset-cpus 0 --cpuset-mems 0 --pids-limit 12 "$ID"
expect_status 0
expect_cgroup memory memory.limit_in_bytes 67108864 memory.max 67108864
expect_cgroup memory memory.memsw.limit_in_bytes 134217728 memory.swap.max 67108864
expect_cgroup memory memory.soft_limit_in_bytes 33554432 memory.low 33554432
expect_cgroup cpu cpu.cfs_period_us 50000 cpu.max "25000 50000"
expect_cgroup cpu cpu.cfs_quota_us 25000 cpu.max "25000 50000"
expect_cgroup cpu cpu.shares 2048 cpu.weight 174
expect_cgroup cpuset cpuset.cpus 0 cpuset.cpus 0
expect_cgroup cpuset cpuset.mems 0 cpuset.mems 0
expect_cgroup pids pids.max 12 pids.max 12

# Back to none, and the default period.
ocirt update --memory -1 --cpu-quota -1 --cpu-period 0 --pids-limit=-1 "$ID"
expect_status 0
expect_cgroup memory memory.limit_in_bytes 9223372036854771712 memory.max max
expect_cgroup memory memory.memsw.limit_in_bytes 9223372036854771712 memory.swap.max max
expect_cgroup cpu cpu.cfs_quota_us -1 cpu.max "max 100000"
expect_cgroup cpu cpu.cfs_period_us 100000 cpu.max "max 100000"
expect_cgroup pids pids.max max pids.max max
