#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'echo "<$LISTEN_FDS>"; probe fds | cut -d" " -f1 | sort -n | xargs'
LISTEN_FDS=1 LISTEN_PID=1 run_container 3</etc
expect_status 0
expect_stdout $'<>\n0 1 2'
