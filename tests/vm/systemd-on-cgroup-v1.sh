#!/bin/bash
# With systemd on cgroup v1: the scope is systemd's, the limits are in the controllers' hierarchies, a reload leaves
# limits and devices, and nothing of it stays.
# As: root
# Boot: hybrid legacy
source "$(dirname "$0")/systemd.bash"
systemd_bundle
modprobe fuse
limit memory '{limit: 33554432}'
limit pids '{limit: 30}'
config '.linux.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229},
    {path: "/dev/kmsg", type: "c", major: 1, minor: 11}]
  | .linux.resources.devices = [{allow: false, access: "rwm"},
    {allow: true, type: "c", major: 10, minor: 229, access: "rw"}]'
payload sh -c 'sleep 1000 & wait'
start_container
wait_for_program sh
expect_equal "$(show ActiveState)" active "state of the unit"
expect_equal "$(awk -F: '$2 == "name=systemd" { print $3 }' "/proc/$(container_pid)/cgroup")" \
  "/machine.slice/$UNIT/container" "place in systemd's hierarchy"
for round in before 1 2 3; do
  [ "$round" = before ] || systemctl daemon-reload
  expect_equal "$(cgroup_value memory memory.limit_in_bytes memory.max)" 33554432 "memory limit ($round)"
  expect_equal "$(cgroup_value pids pids.max pids.max)" 30 "limit of processes ($round)"
  ocirt exec "$ID" sh -c 'exec 3<>/dev/fuse'
  [ "$STATUS" = 0 ] || fail "the device doesn't open (reload $round)"
  ocirt exec "$ID" sh -c 'exec 3</dev/kmsg'
  expect_error_contains "not permitted"
done
ocirt update --memory 67108864 --pids-limit 40 "$ID"
expect_status 0
systemctl daemon-reload
expect_equal "$(cgroup_value memory memory.limit_in_bytes memory.max)" 67108864 "memory limit after update"
expect_equal "$(cgroup_value pids pids.max pids.max)" 40 "limit of processes after update"
ocirt ps --format json "$ID"
expect_equal "$(jq length <<<"$STDOUT")" 2 "processes"
ocirt pause "$ID"
expect_status 0
has_status "$ID" paused || fail "not paused"
ocirt resume "$ID"
expect_status 0
ocirt kill --all "$ID" KILL
expect_status 0
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
expect_no_unit
expect_no_leftovers
