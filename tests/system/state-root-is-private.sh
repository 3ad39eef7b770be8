#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
create_container
expect_equal "$(stat -c %a "$STATE_ROOT" | tail -c 4)" 700 "mode of the state root"
