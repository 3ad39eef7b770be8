#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# go-runc writes -no-subreaper.
new_bundle
payload echo hello
for option in -no-subreaper --no-subreaper; do
  run_container "$option"
  expect_status 0
  expect_stdout hello
done
