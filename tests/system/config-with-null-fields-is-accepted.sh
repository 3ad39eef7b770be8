#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Go programs write null for empty slices and pointers.
new_bundle
payload echo ok
config '.hooks = null | .annotations = null | .linux.devices = null | .linux.seccomp = null | .process.rlimits = null
  | .mounts[0].options = null | .linux.resources.memory = null | .process.user.additionalGids = null'
run_container
expect_status 0
expect_stdout ok
