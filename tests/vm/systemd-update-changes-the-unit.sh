#!/bin/bash
# update changes the container's own cgroup and the unit's properties, and a reload keeps both.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
limit memory '{limit: 67108864}'
payload sleep 1000
start_container
ocirt update --memory 33554432 --pids-limit 30 --cpu-quota 20000 --cpu-period 100000 "$ID"
expect_status 0
"${SYSTEMCTL[@]}" daemon-reload
expect_file memory.max 33554432
expect_file pids.max 30
expect_file cpu.max "20000 100000"
expect_equal "$(show MemoryMax)" 33554432 MemoryMax
expect_equal "$(show TasksMax)" 30 TasksMax
expect_equal "$(show CPUQuotaPerSecUSec)" 200ms CPUQuotaPerSecUSec
expect_equal "$(cat "$SCOPE/memory.max")" 33554432 "memory.max of the scope"
