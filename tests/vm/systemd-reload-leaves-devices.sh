#!/bin/bash
# daemon-reload, three times, while a container with a device runs: the device opens, another doesn't.
# As: root
source "$(dirname "$0")/systemd.bash"
modprobe fuse
systemd_bundle
config '.linux.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229},
    {path: "/dev/kmsg", type: "c", major: 1, minor: 11}]
  | .linux.resources.devices = [{allow: false, access: "rwm"},
    {allow: true, type: "c", major: 10, minor: 229, access: "rw"}]'
for subgroup in container ""; do
  config '.annotations["run.oci.systemd.subgroup"] = $name' --arg name "$subgroup"
  payload sleep 1000
  start_container
  for round in before 1 2 3; do
    [ "$round" = before ] || systemctl daemon-reload
    ocirt exec "$ID" sh -c 'exec 3<>/dev/fuse'
    [ "$STATUS" = 0 ] || fail "the device doesn't open (reload $round, subgroup '$subgroup')"
    ocirt exec "$ID" sh -c 'exec 3</dev/kmsg'
    expect_error_contains "not permitted"
  done
  # And after systemd has had a reason to write the unit's settings.
  systemctl set-property --runtime "$UNIT" MemoryHigh=100M
  ocirt exec "$ID" sh -c 'exec 3<>/dev/fuse'
  expect_status 0
  ocirt delete --force "$ID"
  expect_no_unit
done
