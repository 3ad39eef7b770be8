#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
config '.linux.namespaces += [{type: "cgroup"}]'
start_container
pid=$(container_pid)
for kind in pid net ipc uts mnt cgroup; do
  ocirt exec "$ID" readlink "/proc/self/ns/$kind"
  expect_stdout "$(readlink "/proc/$pid/ns/$kind")"
done
