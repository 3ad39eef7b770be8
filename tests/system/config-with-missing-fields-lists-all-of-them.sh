#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc stops at the first"
new_bundle
config 'del(.ociVersion, .process.args, .process.cwd, .mounts[1].destination) | .root = {}'
run_container
expect_status 1
for pointer in /ociVersion /process/args /process/cwd /mounts/1/destination /root/path; do
  expect_error_contains "$pointer"
done
expect_no_leftovers
