#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 knows fewer"
new_bundle
payload echo ok
for flag in SECCOMP_FILTER_FLAG_LOG SECCOMP_FILTER_FLAG_SPEC_ALLOW SECCOMP_FILTER_FLAG_TSYNC; do
  config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", flags: [$flag], syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO"}]}' --arg flag $flag
  run_container
  expect_status 0
  expect_stdout ok
done
