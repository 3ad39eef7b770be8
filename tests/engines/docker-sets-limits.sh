#!/bin/bash
# docker run with limits: they are in the container's cgroup, and update changes them while it runs.
source "$(dirname "$0")/docker.bash"
case $(find /sys/fs/cgroup -maxdepth 2 -name "memory.limit_in_bytes") in
  ?*) memory=memory.limit_in_bytes cpu=cpu.cfs_quota_us full='50000' less='25000' ;;
  *) memory=memory.max cpu=cpu.max full='50000 100000' less='25000 100000' ;;
esac
docker_start --memory 64m --cpus 0.5 --pids-limit 77 -- sleep 1000
limits() { cat "$(cgroup_file $memory)" "$(cgroup_file $cpu)" "$(cgroup_file pids.max)"; }
expect_equal "$(limits)" "67108864"$'\n'"$full"$'\n'"77" limits
docker update --memory 96m --memory-swap 200m --cpus 0.25 --pids-limit 88 "$CID"
expect_status 0
expect_equal "$(limits)" "100663296"$'\n'"$less"$'\n'"88" "limits after update"
