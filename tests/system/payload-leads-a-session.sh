#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# conmon's time-out kills the process group of what it started.
new_bundle
payload probe session
run_container
expect_stdout leader
payload sleep 1000
start_container
ocirt exec "$ID" probe session
expect_stdout leader
