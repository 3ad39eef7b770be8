#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'id -u; tr -s " " </proc/self/uid_map; cat /proc/self/setgroups; touch /made; stat -c %u /made'
become_user single
run_container
expect_status 0
expect_stdout "0
 0 $TEST_UID 1
deny
0"
expect_equal "$(stat -c %u "$ROOTFS/made")" "$TEST_UID" "owner on the host"
expect_no_leftovers
