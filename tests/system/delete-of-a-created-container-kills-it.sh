#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
create_container
ocirt delete "$ID"
expect_status 0
expect_silence
expect_no_leftovers
