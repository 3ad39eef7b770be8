#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
own_cgroup_path
payload sh -c 'i=0; while [ $i -lt 50000 ]; do i=$((i + 1)); done; touch /busy; sleep 1000'
config '.linux.resources += {memory: {limit: 67108864}, pids: {limit: 77}}'
start_container
wait_until test -e "$ROOTFS/busy"
ocirt events --stats "$ID"
expect_status 0
expect_equal "$(wc -l <"$OUT_FILE")" 1 lines
expect_equal "$(jq -c '[.type, .id, (.data | keys)]' "$OUT_FILE")" \
  "[\"stats\",\"$ID\",[\"blkio\",\"cpu\",\"cpuset\",\"hugetlb\",\"intel_rdt\",\"memory\",\"network_interfaces\",\"pids\"]]"
expect_equal "$(jq -c ".data | [.memory.usage.limit, .pids.limit]" "$OUT_FILE")" "[67108864,77]"
jq -e '.data | .cpu.usage.total > 1000000 and .memory.usage.usage > 4096 and .memory.usage.usage <= 67108864
  and .pids.current >= 1 and (.memory.raw | length > 10) and (.cpu.throttling | type == "object")' "$OUT_FILE" >/dev/null ||
  fail "statistics that can't be true"
