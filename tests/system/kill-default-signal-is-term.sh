#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'trap "echo term; exit 7" TERM; touch /ready; while :; do sleep 0.05; done'
start_container
wait_until test -e "$ROOTFS/ready"
ocirt kill "$ID"
expect_status 0
expect_silence
wait_for_status stopped
expect_equal "$(container_output)" term "the payload's output"
