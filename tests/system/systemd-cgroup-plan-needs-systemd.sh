#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# `ocirt plan` depends on what it finds as create does, and says so.
ocirt_only "runc has no plan"
[ ! -d /run/systemd/system ] || skip "this host has systemd"
new_bundle
GLOBALS=(--systemd-cgroup)
ocirt plan --bundle "$BUNDLE"
expect_error_contains "there is no systemd here"
