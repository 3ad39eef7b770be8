#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'grep " /m " /proc/self/mountinfo; stat -c %a /m; df -k /m | tail -1 | tr -s " " | cut -d" " -f2'
add_mount /m tmpfs tmpfs size=128k mode=711 sync
run_container
expect_status 0
expect_stdout_contains size=128k
expect_stdout_contains $'\n711\n128'
expect_stdout_contains sync
