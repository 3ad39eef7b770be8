#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
chmod 4755 "$ROOTFS/bin/probe"
payload probe user
config '.process.user = {uid: 1000, gid: 1000}'
run_container
expect_stdout "1000 1000"
config '.process.noNewPrivileges = false'
run_container
expect_stdout "1000 0"
