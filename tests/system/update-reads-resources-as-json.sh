#!/bin/bash
# From a file, or from stdin as containerd and CRI-O send it; other options are ignored then, as runc does.
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
own_cgroup_path
payload sleep 1000
start_container
echo '{"pids": {"limit": 31}, "memory": {"limit": 0, "swap": 0}, "cpu": {"shares": 0, "cpus": ""}}' >"$WORK/resources"
ocirt update --resources "$WORK/resources" --pids-limit 99 "$ID"
expect_status 0
expect_cgroup pids pids.max 31 pids.max 31

ocirt update --resources=- "$ID" <<<'{"pids": {"limit": 32}, "devices": [{"allow": false, "access": "rwm"}]}'
expect_status 0
expect_cgroup pids pids.max 32 pids.max 32
# Devices are as they were.
ocirt exec "$ID" sh -c 'echo >/dev/null'
expect_status 0

ocirt update -r - "$ID" <<<'{"pids": {"limit": "many"}}'
expect_status 1
expect_error_contains limit
ocirt update -r "$WORK/none" "$ID"
expect_status 1
expect_error_contains "no such file"
expect_cgroup pids pids.max 32 pids.max 32
