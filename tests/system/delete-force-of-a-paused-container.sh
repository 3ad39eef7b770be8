#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
ocirt pause "$ID"
expect_status 0
ocirt delete --force "$ID"
expect_status 0
expect_no_leftovers
