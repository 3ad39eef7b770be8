#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
make_canary
config '.mounts |= map(select(.destination | startswith("/dev") | not))'
payload sh -c 'test -c /dev/null && echo x >/dev/null && echo ok'
run_container
expect_stdout ok
expect_canary_unchanged
