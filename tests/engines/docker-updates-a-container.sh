#!/bin/bash
# docker update changes the limits of a container that runs; docker inspect and the cgroup agree.
source "$(dirname "$0")/docker.bash"
docker_start --memory 96m --memory-swap 128m -- sleep 1000
file_says() { # file_says FILE_OF_V1 VALUE FILE_OF_V2 VALUE
  local file
  file=$(cgroup_file "$1")
  if [ -n "$file" ]; then
    expect_equal "$(cat "$file")" "$2" "$1"
  else
    expect_equal "$(cat "$(cgroup_file "$3")")" "$4" "$3"
  fi
}
docker update --memory 200m --memory-swap 300m --cpus 0.5 --cpu-shares 512 --pids-limit 50 "$CID"
expect_status 0
file_says memory.limit_in_bytes 209715200 memory.max 209715200
file_says memory.memsw.limit_in_bytes 314572800 memory.swap.max 104857600
file_says cpu.cfs_quota_us 50000 cpu.max "50000 100000"
file_says cpu.shares 512 cpu.weight 59
file_says pids.max 50 pids.max 50

docker update --memory 64m "$CID"
expect_status 0
file_says memory.limit_in_bytes 67108864 memory.max 67108864
file_says pids.max 50 pids.max 50
expect_equal "$(inspected '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}')" "67108864 50" "what docker knows"
docker exec "$CID" true
expect_status 0
