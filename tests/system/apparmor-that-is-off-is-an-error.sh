#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# A profile that is not enforced would be a promise not kept.
ocirt_only "others ignore it"
[ ! -e /sys/module/apparmor/parameters/enabled ] || skip "AppArmor is here"
new_bundle
config '.process.apparmorProfile = "my-profile"'
run_container
expect_error_contains "/process/apparmorProfile: AppArmor is not enabled on this host"
expect_no_leftovers
config '.process.apparmorProfile = "unconfined"'
payload sleep 1000
start_container
ocirt exec --apparmor my-profile "$ID" true
expect_error_contains "AppArmor is not enabled"
ocirt exec --apparmor unconfined "$ID" true
expect_status 0
