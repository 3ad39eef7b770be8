#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# bench/many.py has the times, for five hundred.
need_root
new_bundle
payload sleep 1000
config 'del(.linux.resources) | .linux.namespaces |= map(select(.type != "network"))'
config '.linux.cgroupsPath = null'
before=$(sort /proc/self/mountinfo)
for number in {1..100}; do
  ocirt run --detach --bundle "$BUNDLE" "$ID-$number"
  expect_status 0
done
ocirt list --quiet
expect_equal "$(wc -l <<<"$STDOUT")" 100 "containers in the list"
ocirt list --format json
expect_equal "$(jq 'map(select(.status == "running")) | length' <<<"$STDOUT")" 100 "running containers"
for number in {1..100}; do
  ocirt delete --force "$ID-$number"
  expect_status 0
done
ocirt list --quiet
expect_stdout ""
expect_equal "$(find "$STATE_ROOT" -mindepth 1 -not -path "*/.seccomp*" | wc -l)" 0 "files in the state root"
expect_equal "$(sort /proc/self/mountinfo)" "$before" "mounts of the host"
expect_no_leftovers
