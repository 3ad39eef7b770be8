#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# CRI-O looks for these words, with their case.
new_bundle
start_container
wait_for_status stopped
ocirt kill "$ID" KILL
expect_failure
case $STDERR in *"container not running"*) ;; *) fail "stderr lacks 'container not running'" ;; esac
