#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# What is not set must be refused, never ignored in silence: intelRdt needs a resctrl mount.
need_root
ocirt_only "others ignore some"
[ ! -e /sys/fs/resctrl/schemata ] || skip "this machine has resctrl"
new_bundle
config '.linux.intelRdt = {closID: "x", l3CacheSchema: "L3:0=f"}'
run_container
expect_error_contains intelRdt
expect_no_leftovers
