#!/bin/bash
# ctr task metrics reads the cgroup that the runtime made.
# As: root
set -euo pipefail
NAME=test-$$
systemctl start containerd

clean_up() {
  local status=$?
  set +e
  ctr task kill -s KILL "$NAME"
  sleep 1
  ctr task delete -f "$NAME"
  ctr container rm "$NAME"
  systemctl stop containerd
  exit "$status"
} 2>/dev/null
trap clean_up EXIT

ctr run --runc-binary "$OCIRT" --memory-limit 67108864 --detach --rootfs /srv/busybox "$NAME" /bin/sleep 1000
metrics=$(ctr task metrics --format json "$NAME")
limit=$(jq -r '.. | objects | (.usage_limit // .usageLimit // empty)' <<<"$metrics" | head -n 1)
pids=$(jq -r '.pids.current' <<<"$metrics")
if [ "$limit $pids" != "67108864 1" ]; then
  echo "FAIL: limit $limit, $pids processes: $metrics" >&2
  exit 1
fi
