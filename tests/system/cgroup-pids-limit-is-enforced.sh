#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'i=0; while [ $i -lt 30 ]; do sleep 5 & i=$((i + 1)); done; echo all'
config '.linux.resources += {pids: {limit: 10}}'
run_container
expect_stdout_lacks all
