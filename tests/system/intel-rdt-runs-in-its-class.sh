#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# On a machine with Intel RDT or AMD QoS, and resctrl mounted; few build machines are.
need_root
ocirt_only "runc 1.1 is older than the fields"
[ -e /sys/fs/resctrl/schemata ] || skip "no resctrl on /sys/fs/resctrl"
new_bundle
payload sleep 1000
config '.linux.intelRdt = {enableMonitoring: true}'
[ -d /sys/fs/resctrl/mon_groups ] || config 'del(.linux.intelRdt.enableMonitoring)'
start_container
grep -qx "$(container_pid)" "/sys/fs/resctrl/$ID/tasks" || fail "init is not in its class"
[ ! -d /sys/fs/resctrl/mon_groups ] || grep -qx "$(container_pid)" "/sys/fs/resctrl/$ID/mon_groups/$ID/tasks" ||
  fail "init is not in its monitoring group"
ocirt delete --force "$ID"
[ ! -e "/sys/fs/resctrl/$ID" ] || fail "the class is left"

config '.linux.intelRdt = {closID: "nonesuch-\($id)"}' --arg id "$ID"
run_container
expect_error_contains "nonesuch-$ID"
expect_no_leftovers
