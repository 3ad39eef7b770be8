#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'ls / | grep -c busybox; ls /bin/busybox'
run_container --no-pivot
expect_status 0
expect_stdout_contains /bin/busybox
expect_no_leftovers
