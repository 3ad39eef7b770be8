#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "others ignore some of it"
[ ! -e /sys/fs/selinux/enforce ] || skip "SELinux is here"
label=system_u:system_r:container_t:s0
new_bundle
config '.process.selinuxLabel = $it' --arg it "$label"
run_container
expect_error_contains "/process/selinuxLabel: SELinux is not enabled on this host"
config 'del(.process.selinuxLabel) | .linux.mountLabel = $it' --arg it "$label"
run_container
expect_error_contains "/linux/mountLabel: SELinux is not enabled on this host"
expect_no_leftovers
config 'del(.linux.mountLabel)'
payload sleep 1000
start_container
ocirt exec --process-label "$label" "$ID" true
expect_error_contains "SELinux is not enabled"
config '.annotations["run.oci.mount_context_type"] = "nonsense"'
ID=$ID-2
run_container
expect_error_contains "/annotations/run.oci.mount_context_type"
