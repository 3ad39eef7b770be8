#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload echo hello
cd "$BUNDLE"
ocirt run "$ID"
expect_status 0
expect_stdout hello
