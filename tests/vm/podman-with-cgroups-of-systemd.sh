#!/bin/bash
# podman with its default on hosts with systemd: run, limits, exec, pause, stop, rm; for users as well.
# As: root dev
export CGROUP_MANAGER=systemd
source "$(dirname "$0")/podman.bash"
expect "$(pod_run --rm --memory 64m --memory-swap 64m --pids-limit 33 --cpus 0.5 -- \
  sh -c 'cd /sys/fs/cgroup; cat memory.max memory.swap.max pids.max cpu.max')" \
  $'67108864\n0\n33\n50000 100000'
status=0
pod_run --rm --memory 16m --memory-swap 16m -- sh -c 'x=0123456789abcdef; while :; do x=$x$x; done' || status=$?
expect "$status" 137 "status of a payload that takes too much memory"

id=$(pod_run --detach --name "$NAME" --memory 64m -- sleep 1000)
unit=libpod-$id.scope
systemctl=(systemctl)
[ "$(id -u)" = 0 ] || systemctl=(systemctl --user)
expect "$("${systemctl[@]}" show "$unit" --property MemoryMax --value)" 67108864 MemoryMax
case $(cat "/proc/$(pod inspect --format '{{.State.Pid}}' "$NAME")/cgroup") in
  */"$unit"/container) ;;
  *) fail "not in $unit/container" ;;
esac
expect "$(pod exec "$NAME" echo hello)" hello exec
pod pause "$NAME" >/dev/null
expect "$(pod inspect --format '{{.State.Status}}' "$NAME")" paused status
pod unpause "$NAME" >/dev/null
pod stats --no-stream --format '{{.MemUsage}}' "$NAME" | grep -q 67.11MB || fail "podman stats lacks the limit"
pod stop --time 1 "$NAME" >/dev/null
expect "$("${systemctl[@]}" list-units --all --no-legend "$unit")" "" "the unit"
pod start "$NAME" >/dev/null # with the same name
pod rm --force --time 0 "$NAME" >/dev/null
expect "$("${systemctl[@]}" list-units --all --no-legend "$unit")" "" "the unit"
