#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec "$ID" echo --cwd /nowhere -t -- -d
expect_status 0
expect_stdout "--cwd /nowhere -t -- -d"
