#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc stops at the first"
new_bundle
config '.process.args = "echo" | .process.user.uid = "root" | .root.readonly = "yes" | .hostname = 5
  | .mounts[0].options = {} | .linux.namespaces = "pid" | .process.terminal = 1'
run_container
expect_status 1
for pointer in /process/args /process/user/uid /root/readonly /hostname /mounts/0/options /linux/namespaces /process/terminal; do
  expect_error_contains "$pointer"
done
expect_no_leftovers
