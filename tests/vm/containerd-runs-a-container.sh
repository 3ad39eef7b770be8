#!/bin/bash
# containerd's shim for runc, with our program in the place of runc: run, exec, pause, kill.
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
status_is() { expect "$(ctr task ls | awk -v name="$NAME" '$1 == name { print $3 }')" "$1" "status"; }

run() { ctr run --runc-binary "$OCIRT" --rootfs "$@"; }

expect "$(run --rm /srv/busybox "$NAME" /bin/sh -c 'echo $$')" 1
status=0
run --rm /srv/busybox "$NAME" /bin/sh -c 'exit 5' || status=$?
expect "$status" 5 status

run --detach /srv/busybox "$NAME" /bin/sleep 1000
status_is RUNNING
expect "$(ctr task exec --exec-id one "$NAME" /bin/echo hello)" hello
ctr task pause "$NAME"
status_is PAUSED
ctr task resume "$NAME"
status_is RUNNING
ctr task kill --signal KILL "$NAME"
for _ in {1..100}; do
  ! ctr task ls | grep -q "^$NAME .*RUNNING" || { sleep 0.1; continue; }
  break
done
status_is STOPPED
ctr task delete "$NAME" 2>/dev/null || true # which passes on the status of the task
ctr container rm "$NAME"
expect "$(ctr task ls | grep -c "^$NAME" || true)" 0 "tasks left"
