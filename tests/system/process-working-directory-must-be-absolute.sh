#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 takes it"
new_bundle
for cwd in relative ./x ../x ""; do
  config '.process.cwd = $cwd' --arg cwd "$cwd"
  run_container
  expect_error_contains /process/cwd
done
expect_no_leftovers
