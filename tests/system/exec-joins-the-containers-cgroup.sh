#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
ocirt exec -d --pid-file "$WORK/pid" "$ID" sleep 2000
expect_status 0
# A runtime may place init in a cgroup below the container's own.
diff <(sed 's|/container$||' "/proc/$(container_pid)/cgroup") <(sed 's|/container$||' "/proc/$(cat "$WORK/pid")/cgroup") ||
  fail "the cgroups differ"
