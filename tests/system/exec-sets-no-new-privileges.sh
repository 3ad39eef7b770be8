#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
config '.process.noNewPrivileges = false'
start_container
ocirt exec "$ID" grep NoNewPrivs /proc/self/status
expect_stdout $'NoNewPrivs:\t0'
ocirt exec --no-new-privs "$ID" grep NoNewPrivs /proc/self/status
expect_stdout $'NoNewPrivs:\t1'
