#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The shim reads /proc/PID/cgroup right after create: the container must already be where it stays.
need_root
new_bundle
payload sleep 1000
create_container
before=$(cat "/proc/$(container_pid)/cgroup")
grep -q "$ID" <<<"$before" || fail "not in a cgroup of its own: $before"
ocirt start "$ID"
expect_equal "$(cat "/proc/$(container_pid)/cgroup")" "$before" "cgroups after start"
ocirt delete --force "$ID"
expect_no_leftovers
