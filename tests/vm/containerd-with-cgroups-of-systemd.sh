#!/bin/bash
# containerd's SystemdCgroup, as `ctr` asks for it.
# As: root
set -euo pipefail
NAME=test-$$
systemctl start containerd
clean_up() {
  local status=$?
  set +e
  ctr task kill -s KILL "$NAME"
  ctr task delete -f "$NAME"
  ctr container rm "$NAME"
  systemctl stop containerd
  exit "$status"
} 2>/dev/null
trap clean_up EXIT
expect() { [ "$1" = "$2" ] || { echo "FAIL: ${3:-output}: expected '$2', got '$1'" >&2; exit 1; }; }

UNIT=made-$NAME.scope
ctr run --detach --runc-binary "$OCIRT" --runc-systemd-cgroup --cgroup "system.slice:made:$NAME" \
  --memory-limit 67108864 --rootfs /srv/busybox "$NAME" /bin/sleep 1000
expect "$(systemctl show "$UNIT" --property ActiveState --value)" active "state of the unit"
expect "$(systemctl show "$UNIT" --property MemoryMax --value)" 67108864 MemoryMax
expect "$(cat "/sys/fs/cgroup/system.slice/$UNIT/container/memory.max")" 67108864 memory.max
expect "$(ctr task exec --exec-id one "$NAME" /bin/echo hello)" hello
ctr task kill --signal KILL "$NAME"
for _ in {1..100}; do
  ctr task ls | grep -q "^$NAME .*RUNNING" || break
  sleep 0.1
done
ctr task delete "$NAME" 2>/dev/null || true
expect "$(systemctl list-units --all --no-legend "$UNIT")" "" "the unit"
