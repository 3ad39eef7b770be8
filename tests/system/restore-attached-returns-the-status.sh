#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

new_bundle
payload sh -c 'while [ ! -e /end ]; do sleep 0.05; done; echo said; exit 7'
start_container
wait_for_program sh
checkpoint
expect_done
touch "$ROOTFS/end"
ocirt restore --bundle "$BUNDLE" --image-path "$WORK/images" "$ID"
expect_status 7
expect_stdout said
expect_no_leftovers
