#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'grep -E "^(Uid|Gid|Groups):" /proc/self/status | xargs'
config '.process.user = {uid: 1000, gid: 1001, additionalGids: [5, 6, 60000]}'
run_container
expect_stdout "Uid: 1000 1000 1000 1000 Gid: 1001 1001 1001 1001 Groups: 5 6 60000"
