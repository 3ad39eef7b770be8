#!/bin/bash
# Limits are in force in the container's own cgroup, and properties of the unit as well.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
limit memory '{limit: 33554432, swap: 33554432, reservation: 16777216}'
limit pids '{limit: 20}'
limit cpu '{quota: 33333, period: 100000, shares: 512, cpus: "0"}'
limit unified '{"memory.high": "31457280"}'
payload sleep 1000
start_container
expect_file memory.max 33554432
expect_file memory.swap.max 0
expect_file memory.low 16777216
expect_file memory.high 31457280
expect_file pids.max 20
expect_file cpu.max "33333 100000"
expect_file cpu.weight 59
expect_file cpuset.cpus 0
expect_equal "$(show MemoryMax)" 33554432 MemoryMax
expect_equal "$(show MemorySwapMax)" 0 MemorySwapMax
expect_equal "$(show MemoryLow)" 16777216 MemoryLow
expect_equal "$(show MemoryHigh)" 31457280 MemoryHigh
expect_equal "$(show TasksMax)" 20 TasksMax
expect_equal "$(show CPUQuotaPerSecUSec)" 340ms CPUQuotaPerSecUSec
expect_equal "$(show CPUWeight)" 59 CPUWeight
expect_equal "$(show AllowedCPUs)" 0 AllowedCPUs
# A reload writes them anew, and nothing else.
"${SYSTEMCTL[@]}" daemon-reload
expect_file memory.max 33554432
expect_file cpu.max "33333 100000"
expect_equal "$(cat "$SCOPE/memory.max")" 33554432 "memory.max of the scope"
