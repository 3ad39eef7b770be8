#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
config '.linux.cgroupsPath = "/\($tag)-parent/the-container"' --arg tag "$TAG"
create_container
grep -E ":(pids|memory)?:" "/proc/$(container_pid)/cgroup" | grep -q "/$TAG-parent/the-container\(/container\)\?$" ||
  fail "$(cat "/proc/$(container_pid)/cgroup")"
ocirt delete --force "$ID"
[ -z "$(find /sys/fs/cgroup -type d -path "*$TAG-parent/the-container*" 2>/dev/null)" ] || fail "cgroups left"
