#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
config '.process.capabilities |= map_values(. + ["CAP_SETUID", "CAP_SETGID"])'
start_container
ocirt exec --user 1000:1001 "$ID" sh -c 'id -u; id -g'
expect_stdout $'1000\n1001'
ocirt exec -u 1000 "$ID" id -u
expect_stdout 1000
ocirt exec --user 1000:1001 --additional-gids 5 --additional-gids 6 "$ID" sh -c 'grep ^Groups: /proc/self/status | xargs'
expect_stdout "Groups: 5 6"
