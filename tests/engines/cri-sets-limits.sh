#!/bin/bash
# A container's limits are in its cgroup, and UpdateContainerResources changes them while it runs.
source "$(dirname "$0")/cri.bash"
run_pod
create_container_in_pod '{"command": ["sleep", "1000"], "linux": {"resources":
  {"memory_limit_in_bytes": 67108864, "cpu_period": 100000, "cpu_quota": 50000, "cpu_shares": 512}}}'
start_container_in_pod
expect_status 0
limits() {
  for name in memory.limit_in_bytes memory.max cpu.cfs_quota_us cpu.max; do
    find /sys/fs/cgroup -path "*/$TAG/$CID/$name" -exec cut -d' ' -f1 {} \; -quit
  done
}
expect_equal "$(limits)" $'67108864\n50000' limits
cri UpdateContainerResources "{\"container_id\": \"$CID\", \"linux\":
  {\"memory_limit_in_bytes\": 100663296, \"cpu_period\": 100000, \"cpu_quota\": 25000}}"
expect_status 0
expect_equal "$(limits)" $'100663296\n25000' "limits after the update"
