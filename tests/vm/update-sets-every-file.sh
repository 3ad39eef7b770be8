#!/bin/bash
# Options and resources of update in the files of cgroup v2; -1 and "max" lift the limits again.
# As: root
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
payload sleep 100
limit memory '{limit: 67108864, swap: 100663296}'
start_container
ocirt update --memory 50331648 --cpu-share 2048 --cpu-quota 30000 --cpu-burst 10000 --cpuset-cpus 0 --cpuset-mems 0 \
  --memory-reservation 10m --pids-limit 20 --blkio-weight 500 "$ID"
expect_status 0
expect_file memory.max 50331648
expect_file memory.swap.max 50331648 # together as much as before
expect_file memory.low 10485760
expect_file cpu.weight 174
expect_file cpu.max "30000 100000"
expect_file cpu.max.burst 10000
expect_file cpuset.cpus 0
expect_file cpuset.mems 0
expect_file pids.max 20
grep -qx 'default 4950' "$CGROUP/io.weight" || grep -qx 'default 500' "$CGROUP/io.bfq.weight" || fail "weight of disks"

ocirt update -r - "$ID" <<<'{"unified": {"memory.high": "40000000", "pids.max": "19"}, "memory": {"limit": 0}}'
expect_status 0
expect_file memory.high 39997440
expect_file pids.max 19
expect_file memory.max 50331648

ocirt update --memory -1 --cpu-quota -1 --pids-limit -1 "$ID"
expect_status 0
expect_file memory.max max
expect_file memory.swap.max max
expect_file cpu.max "max 100000"
expect_file pids.max max

# What uses more than the new limit is left alone if the container asks for it; else it would be killed.
ocirt update -r - "$ID" <<<'{"memory": {"limit": 4096, "checkBeforeUpdate": true}}'
expect_status 1
expect_error_contains "more than the new limit 4096"
expect_file memory.max max
