#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# What can't be set must be refused, never ignored in silence.
ocirt_only "others ignore some of it"
[ ! -e /sys/fs/resctrl/schemata ] || skip "this machine has resctrl: intel-rdt-runs-in-its-class.sh"
new_bundle
for rdt in '{closID: "x", l3CacheSchema: "L3:0=f"}' '{closID: "/"}' '{enableMonitoring: true}' '{}'; do
  config ".linux.intelRdt = $rdt"
  run_container
  expect_error_contains "/linux/intelRdt: no resctrl file system is mounted"
  expect_error_contains "hint: mount -t resctrl"
done
expect_no_leftovers
