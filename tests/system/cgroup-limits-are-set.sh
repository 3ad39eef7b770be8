#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
config '.linux.resources += {memory: {limit: 67108864}, pids: {limit: 77}, cpu: {shares: 512, quota: 50000, period: 100000}}'
create_container
value() { # value CONTROLLER FILE_V1 FILE_V2
  local path
  path=$(awk -F: -v c="$1" '$2 == c || $2 ~ "(^|,)" c "(,|$)" { print $3 }' "/proc/$(container_pid)/cgroup")
  if [ -n "$path" ]; then cat "/sys/fs/cgroup/$1$path/$2" 2>/dev/null; return; fi
  path=$(awk -F: '$1 == 0 { print $3 }' "/proc/$(container_pid)/cgroup")
  cat "/sys/fs/cgroup${path%/container}/$3"
}
expect_equal "$(value memory memory.limit_in_bytes memory.max)" 67108864 "memory"
expect_equal "$(value pids pids.max pids.max)" 77 "pids"
case $(value cpu cpu.cfs_quota_us cpu.max) in 50000 | "50000 100000") ;; *) fail "cpu quota" ;; esac
ocirt delete --force "$ID"
expect_no_leftovers
