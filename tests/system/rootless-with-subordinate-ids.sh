#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'id -u; tr -s " " </proc/self/uid_map; touch /made; chown 7:8 /made && stat -c %u:%g /made; hostname'
become_user subids
config '.process.capabilities |= map_values(. + ["CAP_CHOWN"])'
run_container
expect_status 0
expect_stdout "0
 0 $TEST_UID 1
 1 $FIRST_SUBID 65536
7:8
ocirt"
expect_equal "$(stat -c %u "$ROOTFS/made")" $((FIRST_SUBID + 6)) "owner on the host"
expect_no_leftovers
