#!/bin/bash
# update changes the container's own cgroup and the unit, so that a reload of systemd leaves the new limits.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
limit memory '{limit: 33554432, swap: 33554432}'
payload sleep 1000
start_container
ocirt update --memory 64m --memory-swap 96m --pids-limit 30 --cpu-share 512 "$ID"
expect_status 0
"${SYSTEMCTL[@]}" daemon-reload
expect_file memory.max 67108864
expect_file memory.swap.max 33554432
expect_file pids.max 30
expect_file cpu.weight 59
expect_equal "$(show MemoryMax)" 67108864 MemoryMax
expect_equal "$(show TasksMax)" 30 TasksMax
expect_equal "$(cat "$SCOPE/memory.max")" 67108864 "memory.max of the scope"
