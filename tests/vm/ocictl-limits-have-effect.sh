#!/bin/bash
# Limits of ocictl's containers have effect, whether systemd makes their cgroups or we do: a container beyond its
# memory is killed and said to be, one beyond its processes can't fork, one beyond its share of a processor waits.
# As: root dev
source "$(dirname "$0")/../frontend/containers_lib.sh"
import_busybox
export CONTAINERS_CONF=$WORK/containers.conf

inspected() {
  ocictl inspect --format "$1" "$2"
  expect_status 0
}

# The container's cgroup, or the one above it that bears its limits: the first that has a quota.
cgroup_of() {
  local path
  inspected '{{.State.Pid}}' "$1"
  path=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$STDOUT/cgroup")
  while grep -q '^max' "$path/cpu.max"; do path=${path%/*}; done
  echo "$path"
}

used_us() {
  awk '$1 == "usage_usec" { print $2 }' "$1/cpu.stat"
}

is_throttled() {
  [ "$(awk '$1 == "nr_throttled" { print $2 }' "$1/cpu.stat")" -ge "$2" ]
}

up_ms() {
  awk '{ print int($1 * 1000) }' /proc/uptime
}

expect_limits() {
  # shellcheck disable=SC2016  # the container's shell expands it
  run --name fat --memory 16m --memory-swap 16m busybox sh -c 'x=0123456789abcdef; while :; do x=$x$x; done'
  expect_status 137
  inspected '{{.State.OOMKilled}} {{.State.ExitCode}}' fat
  expect_stdout "true 137"
  run -d --name killed --memory 16m busybox sleep 1000
  ocictl kill killed
  ocictl wait killed
  expect_stdout 137
  inspected '{{.State.OOMKilled}} {{.State.ExitCode}}' killed
  expect_stdout "false 137"

  run --rm --pids-limit 5 busybox sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 10 & done'
  expect_error_contains "can't fork"

  run -d --name busy --cpus 0.2 busybox sh -c 'while :; do :; done'
  expect_status 0
  local cgroup used began
  cgroup=$(cgroup_of busy)
  used=$(used_us "$cgroup")
  began=$(up_ms)
  wait_until is_throttled "$cgroup" 10 # ten periods of 0.1 s, at least
  used=$(($(used_us "$cgroup") - used))
  began=$(($(up_ms) - began))
  [ "$used" -lt $((began * 500)) ] || fail "used $used us in $began ms with --cpus 0.2"
  ocictl rm --force --time 0 fat killed busy
  expect_status 0
  expect_equal "$(find /sys/fs/cgroup -name "*${cgroup##*/}*")" "" "cgroups left"
}

for manager in cgroupfs systemd; do
  printf '[engine]\ncgroup_manager = "%s"\n' "$manager" >"$CONTAINERS_CONF"
  echo "with $manager"
  expect_limits
done
