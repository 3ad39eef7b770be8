#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'for n in pid net ipc uts mnt cgroup user time; do readlink /proc/self/ns/$n; done'
run_container
for kind in pid net ipc uts mnt; do
  expect_stdout_lacks "$(readlink "/proc/self/ns/$kind")"
done
for kind in cgroup user time; do
  expect_stdout_contains "$(readlink "/proc/self/ns/$kind")"
done
config 'del(.hostname) | .linux.namespaces = [{type: "mount"}] | .mounts |= map(select(.type != "sysfs" and .type != "mqueue"))'
run_container
expect_status 0
for kind in pid net ipc uts; do
  expect_stdout_contains "$(readlink "/proc/self/ns/$kind")"
done
