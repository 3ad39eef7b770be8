#!/bin/bash
# podman container checkpoint and restore: in place, left running, and by an archive under another name.
# As: root
source "$(dirname "$0")/podman.bash"
criu check >/dev/null 2>&1 || { echo "criu check fails here"; exit 77; }
ARCHIVE=$(mktemp -u).tar.gz
n() { pod exec "$1" cat /dev/shm/n; }
counts_on() {
  local before now=0
  before=$(n "$1")
  for _ in {1..100}; do
    now=$(n "$1")
    [ "$now" -le "$before" ] || break
    sleep 0.1
  done
  [ "$now" -gt "$before" ] || fail "it doesn't go on: $before, then $now"
  [ "$now" -ge "${2:-0}" ] || fail "it began anew: $now, after $2"
}
tar -C "$ROOTFS" -c . | pod import - localhost/busybox:test &>/dev/null
pod run --network none --detach --name "$NAME" localhost/busybox:test sh -c 'i=0; while :; do i=$((i + 1)); echo $i >/dev/shm/m; mv /dev/shm/m /dev/shm/n; sleep 0.05; done' >/dev/null
for _ in {1..100}; do [ "$(n "$NAME" 2>/dev/null || echo 0)" -lt 10 ] || break; sleep 0.1; done

pod container checkpoint "$NAME" >/dev/null
expect "$(pod inspect --format '{{.State.Status}} {{.State.Checkpointed}}' "$NAME")" "exited true" "state"
pod container restore "$NAME" >/dev/null
expect "$(pod inspect --format '{{.State.Status}}' "$NAME")" running status
counts_on "$NAME" 10

pod container checkpoint --leave-running --keep "$NAME" >/dev/null
expect "$(pod inspect --format '{{.State.Status}}' "$NAME")" running "status after --leave-running"
counts_on "$NAME" 10

before=$(n "$NAME")
pod container checkpoint --export "$ARCHIVE" "$NAME" >/dev/null
pod rm --force "$NAME" >/dev/null
pod container restore --import "$ARCHIVE" >/dev/null
counts_on "$NAME" "$before"
pod stop --time 0 "$NAME" >/dev/null
pod rm "$NAME" >/dev/null
rm -f "$ARCHIVE"
