#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

# Namespaces that belong to others are joined, not made: those of a pod.
new_bundle holder
payload sleep 1000
start_container
holder=$(container_pid)
new_bundle
counting_payload
config 'del(.hostname) | .linux.namespaces |= map(if .type | IN("network", "ipc", "uts")
  then .path = "/proc/\($p)/ns/" + {network: "net", ipc: "ipc", uts: "uts"}[.type] else . end)' --arg p "$holder"
start_container
wait_until has_counted_to 2
checkpoint
expect_done
restore
expect_done
expect_counting 2
for name in net ipc uts; do
  expect_equal "$(readlink "/proc/$(container_pid)/ns/$name")" "$(readlink "/proc/$holder/ns/$name")" "namespace $name"
done
