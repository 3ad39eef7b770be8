#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The kernel removes a dead process from its cgroup only some time after its status says stopped.
need_root
new_bundle
payload sh -c 'i=0; while [ $i -lt 40 ]; do sleep 1000 & i=$((i + 1)); done; sleep 1000'
start_container
ocirt kill "$ID" KILL
expect_status 0
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
expect_no_leftovers
