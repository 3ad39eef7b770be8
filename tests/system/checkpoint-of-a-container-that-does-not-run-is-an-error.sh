#!/bin/bash
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_root

new_bundle
payload true
create_container
checkpoint
expect_error_contains "created"
ocirt start "$ID"
wait_for_status stopped
checkpoint
expect_error_contains "stopped"
[ ! -e "$WORK/images" ] || fail "images of nothing: $(ls "$WORK/images")"
