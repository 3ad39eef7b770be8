#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc stops at the first"
new_bundle
config '.process.user.uid = 4294967296 | .process.user.gid = -1 | .process.oomScoreAdj = 5000 | .process.user.additionalGids = [1.5]
  | .process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 9}'
run_container
expect_status 1
for pointer in /process/user/uid /process/user/gid /process/oomScoreAdj /process/user/additionalGids/0 /process/ioPriority/priority; do
  expect_error_contains "$pointer"
done
expect_no_leftovers
