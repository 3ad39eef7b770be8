#!/bin/bash
# podman update changes the limits of a container that runs.
source "$(dirname "$0")/podman.bash"
pod_start --memory 96m -- sleep 1000
pod update --memory 64m --memory-swap 128m --cpu-quota 50000 --cpu-shares 512 "$CID"
expect_status 0
# Other containers' cgroups go while we look.
find_file() {
  { find /sys/fs/cgroup -path "*/$TAG/*$CID/$1" 2>/dev/null || true; } | head -n 1
}
file_says() { # file_says FILE_OF_V1 VALUE FILE_OF_V2 VALUE
  local file
  file=$(find_file "$1")
  if [ -n "$file" ]; then
    expect_equal "$(cat "$file")" "$2" "$1"
  else
    expect_equal "$(cat "$(find_file "$3")")" "$4" "$3"
  fi
}
file_says memory.limit_in_bytes 67108864 memory.max 67108864
file_says memory.memsw.limit_in_bytes 134217728 memory.swap.max 67108864
file_says cpu.cfs_quota_us 50000 cpu.max "50000 100000"
file_says cpu.shares 512 cpu.weight 59
