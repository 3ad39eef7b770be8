#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'echo hello; echo problem >&2'
create_container
ocirt start "$ID"
expect_status 0
wait_for_status stopped
expect_equal "$(cat "$CONTAINER_OUT")" hello "the payload's stdout"
expect_equal "$(cat "$CONTAINER_ERR")" problem "the payload's stderr"
expect_equal "$(container_pid)" 0 "pid of a stopped container"
ocirt delete "$ID"
expect_status 0
expect_no_leftovers
