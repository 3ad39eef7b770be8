#!/bin/bash
# podman update changes the limits of a container that runs.
# As: root dev
source "$(dirname "$0")/podman.bash"
pod_run --detach --name "$NAME" --memory 96m -- sleep 1000 >/dev/null
pod update --memory 64m --memory-swap 128m --cpus 0.5 --cpu-shares 2048 "$NAME" >/dev/null
expect "$(pod exec "$NAME" sh -c 'cd /sys/fs/cgroup; cat memory.max memory.swap.max cpu.max cpu.weight')" \
  $'67108864\n67108864\n50000 100000\n174'
