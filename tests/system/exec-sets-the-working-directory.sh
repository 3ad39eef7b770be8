#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec --cwd /usr/bin "$ID" pwd
expect_stdout /usr/bin
ocirt exec --cwd=/tmp "$ID" pwd
expect_stdout /tmp
ocirt exec --cwd /no/such "$ID" pwd
expect_error_contains "/no/such"
