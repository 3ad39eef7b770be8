#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
[ ! -d /run/systemd/system ] || skip "this host has systemd"
new_bundle
GLOBALS=(--systemd-cgroup)
config '.linux.cgroupsPath = "system.slice:ocirt:\($tag)"' --arg tag "$TAG"
run_container
expect_error_contains systemd
expect_no_leftovers
