#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec "$ID" tr a-z A-Z <<<"words"
expect_stdout WORDS
