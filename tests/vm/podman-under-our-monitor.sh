#!/bin/bash
# podman with ocirt-shim in conmon's place, on systemd and cgroup v2: codes, exec, OOM, the journal; as users, too.
# As: root dev
export CGROUP_MANAGER=systemd
source "$(dirname "$0")/podman.bash"
SHIM=$(dirname "$OCIRT")/ocirt-shim
[ -x "$SHIM" ] || fail "no monitor at $SHIM"
pod() {
  podman --runtime "$OCIRT" --conmon "$SHIM" --cgroup-manager "$CGROUP_MANAGER" "$@"
}
# What podman doesn't like it replaces by conmon, and says nothing.
expect "$(pod info --format '{{.Host.Conmon.Path}}')" "$SHIM" "the monitor"

status_of() {
  STATUS=0
  pod_run --rm "$@" >/dev/null 2>&1 || STATUS=$?
}
for code in 0 1 42; do
  status_of -- sh -c "exit $code"
  expect "$STATUS" "$code" status
done
status_of -- /etc
expect "$STATUS" 126 "status of a folder"
status_of -- no-such-command
expect "$STATUS" 127 "status of what is missing"
status_of --timeout 1 -- sleep 60
expect "$STATUS" 255 "status after a timeout"

id=$(pod_run --detach --name "$NAME" -- sh -c 'echo started; trap "exit 7" TERM; while :; do sleep 0.1; done')
expect "$(pod exec "$NAME" sh -c 'echo in; exit 0')" in exec
pod stop "$NAME" >/dev/null
expect "$(pod wait "$NAME")" 7 wait
pod start "$NAME" >/dev/null
pod kill "$NAME" >/dev/null
expect "$(pod wait "$NAME")" 137 "wait after kill"
expect "$(pod logs "$NAME")" $'started\nstarted' logs
pod rm --force --time 0 "$NAME" >/dev/null

pod_run --detach --name "$NAME" --memory 16m --memory-swap 16m -- \
  sh -c 'x=0123456789abcdef; while :; do x=$x$x; done' >/dev/null
expect "$(pod wait "$NAME")" 137 "wait after an OOM kill"
expect "$(pod inspect --format '{{.State.OOMKilled}}' "$NAME")" true OOMKilled
pod rm --force --time 0 "$NAME" >/dev/null

# A plain user may not read a journal that isn't split by users.
[ "$(id -u)" = 0 ] || exit 0
# journald itself has to take our records as podman reads them: by CONTAINER_ID_FULL.
id=$(pod_run --detach --name "$NAME" --log-driver journald -- sh -c 'echo one; echo two >&2; printf end')
pod wait "$NAME" >/dev/null
records() {
  journalctl --output json CONTAINER_ID_FULL="$id" 2>/dev/null
}
deadline=$((SECONDS + 20))
until [ "$(records | wc -l)" -ge 3 ]; do
  [ "$SECONDS" -lt "$deadline" ] || fail "the journal has: $(records)"
  sleep 0.2
done
expect "$(records | jq -r '"\(.PRIORITY) \(.CONTAINER_NAME) \(.MESSAGE)"' | sort)" \
  "$(printf '%s\n' "3 $NAME two" "6 $NAME end" "6 $NAME one")" "records of the journal"
