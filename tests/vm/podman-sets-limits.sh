#!/bin/bash
# The limits of podman's options are in force inside.
# As: root
source "$(dirname "$0")/podman.bash"
expect "$(pod_run --rm --memory 64m --memory-swap 64m --pids-limit 33 --cpus 0.5 -- \
  sh -c 'cd /sys/fs/cgroup; cat memory.max memory.swap.max pids.max cpu.max')" \
  $'67108864\n0\n33\n50000 100000'
