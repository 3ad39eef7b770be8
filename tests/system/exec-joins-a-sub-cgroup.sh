#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
[ -d /sys/fs/cgroup/pids ] || skip "a v2 host: the container's processes lie in the way of a sub-cgroup"
path=$(awk -F: '$2 == "pids" { print $3 }' "/proc/$(container_pid)/cgroup")
mkdir "/sys/fs/cgroup/pids$path/sub"
ocirt exec --cgroup pids:sub "$ID" cat /proc/self/cgroup
expect_status 0
expect_equal "$(awk -F: '$2 == "pids" { print $3 }' <<<"$STDOUT")" "$path/sub" "cgroup of exec"
ocirt exec --cgroup pids:nonesuch "$ID" true
expect_failure
