#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec "$ID" nonesuch
expect_error_contains 'exec: "nonesuch": executable file not found in $PATH'
ocirt exec "$ID" /no/such
expect_error_matches 'exec: "/no/such":.*no such file or directory'
ocirt exec "$ID" /etc
expect_error_matches 'exec: "/etc":.*(permission denied|is a directory|not a regular file)'
has_status "$ID" running || fail "the container did not survive"
