#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
own_cgroup_path
payload sleep 1000
create_container
ocirt update --pids-limit 41 "$ID"
expect_status 0
expect_cgroup pids pids.max 41 pids.max 41
ocirt start "$ID"
expect_status 0
ocirt pause "$ID"
expect_status 0
ocirt update --pids-limit 42 "$ID"
expect_status 0
expect_cgroup pids pids.max 42 pids.max 42
has_status "$ID" paused || fail "not paused any more"
