#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman --cgroups=disabled passes two words.
need_root
ocirt_only "runc has no --cgroup-manager"
new_bundle
payload cat /proc/self/cgroup
config 'del(.linux.resources)'
GLOBALS=(--cgroup-manager disabled)
run_container
expect_status 0
expect_stdout "$(cat /proc/self/cgroup)"
