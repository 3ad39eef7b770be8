#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload echo hello
mv "$ROOTFS" "$WORK/elsewhere"
config '.root.path = $path' --arg path "$WORK/elsewhere"
run_container
expect_stdout hello
