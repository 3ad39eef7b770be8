#!/bin/bash
# A user id that the user namespace lacks: which one, and which there are.
# Also in: vm
source "$(dirname "$0")/../lib.sh"
new_bundle
become_user subids
config '.process.user.uid = 1000000'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_contains "id 1000000 is not mapped (ids of the container: 0, 1-65536)"
expect_no_leftovers
