#!/bin/bash
# docker with its default on hosts with systemd and cgroup v2: limits, AppArmor, exec, pause, update, stop, rm.
# As: root
set -euo pipefail
NAME=test-$$
WORK=$(mktemp -d)
jq --arg path "$OCIRT" '.runtimes.ocirt.path = $path' /host/docs/engines/docker/daemon.json >"$WORK/daemon.json"
docker() { /usr/bin/docker --host "unix://$WORK/docker.sock" "$@"; }
fail() { echo "FAIL: $*" >&2; tail -n 5 "$WORK/log" >&2; exit 1; }
expect() { [ "$1" = "$2" ] || fail "${3:-output}: expected '$2', got '$1'"; }
# shellcheck disable=SC2317  # called at the end
clean_up() {
  local status=$?
  set +e
  docker rm --force "$NAME" &>/dev/null
  kill -TERM "$DAEMON"
  wait "$DAEMON"
  rm -rf "$WORK"
  exit "$status"
}
trap clean_up EXIT
dockerd --config-file "$WORK/daemon.json" --host "unix://$WORK/docker.sock" --data-root "$WORK/data" \
  --exec-root "$WORK/exec" --pidfile "$WORK/pid" --bridge none --iptables=false --ip-forward=false &>"$WORK/log" &
DAEMON=$!
for _ in {1..300}; do
  docker version &>/dev/null && break
  sleep 0.2
done
expect "$(docker info --format '{{.CgroupDriver}} {{.CgroupVersion}} {{.DefaultRuntime}}')" "systemd 2 ocirt" "docker info"
tar -C /srv/busybox -c . | docker import - busybox:test >/dev/null

expect "$(docker run --rm --network none --memory 64m --memory-swap 64m --pids-limit 33 --cpus 0.5 busybox:test \
  sh -c 'cd /sys/fs/cgroup; cat memory.max memory.swap.max pids.max cpu.max')" $'67108864\n0\n33\n50000 100000'
case $(docker run --rm --network none busybox:test cat /proc/self/attr/current) in
  docker-default*enforce*) ;;
  *) fail "docker's profile of AppArmor is not enforced" ;;
esac
status=0
docker run --rm --network none --memory 16m --memory-swap 16m busybox:test \
  sh -c 'x=0123456789abcdef; while :; do x=$x$x; done' || status=$?
expect "$status" 137 "status of a payload that takes too much memory"

id=$(docker run --detach --name "$NAME" --network none --memory 64m --memory-swap 64m busybox:test sleep 1000)
unit=docker-$id.scope
expect "$(systemctl show "$unit" --property MemoryMax --value)" 67108864 MemoryMax
docker update --memory 32m --memory-swap 32m "$NAME" >/dev/null
systemctl daemon-reload
expect "$(docker exec "$NAME" cat /sys/fs/cgroup/memory.max)" 33554432 "memory.max after update and reload"
docker pause "$NAME" >/dev/null
expect "$(docker inspect --format '{{.State.Status}}' "$NAME")" paused status
docker unpause "$NAME" >/dev/null
docker stop --time 1 "$NAME" >/dev/null
expect "$(systemctl list-units --all --no-legend "$unit")" "" "the unit"
docker start "$NAME" >/dev/null
docker rm --force "$NAME" >/dev/null
expect "$(systemctl list-units --all --no-legend "$unit")" "" "the unit"
