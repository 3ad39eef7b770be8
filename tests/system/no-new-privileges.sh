#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload grep NoNewPrivs /proc/self/status
for value in true:1 false:0; do
  config ".process.noNewPrivileges = ${value%:*}"
  run_container
  expect_stdout $'NoNewPrivs:\t'"${value#*:}"
done
