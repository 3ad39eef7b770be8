#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload touch /ran
config '.hooks = {startContainer: [{path: "/bin/sh", args: ["sh", "-c", "exit 3"]}]}'
create_container
ocirt start "$ID" # may fail, or leave it to the container's status
gone_or_stopped() { ! "$OCIRT" --root "$STATE_ROOT" state "$ID" &>/dev/null || has_status "$ID" stopped; }
wait_until gone_or_stopped
[ ! -e "$ROOTFS/ran" ] || fail "the payload ran"
run_id=$ID
ocirt delete --force "$run_id"
run_container
expect_failure
expect_no_leftovers
