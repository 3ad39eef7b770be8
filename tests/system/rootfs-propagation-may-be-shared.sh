#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 makes it private"
new_bundle
payload sh -c 'grep " /[^ ]* / " /proc/self/mountinfo | grep -c shared:'
for propagation in shared rshared; do
  config '.linux.rootfsPropagation = $p' --arg p "$propagation"
  run_container
  expect_stdout 1
done
