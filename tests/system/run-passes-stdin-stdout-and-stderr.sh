#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'tr a-z A-Z; echo problem >&2'
run_container <<<"hello"
expect_status 0
expect_stdout HELLO
expect_equal "$STDERR" problem stderr
