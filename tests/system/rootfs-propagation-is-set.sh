#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'grep " / / \| /[^ ]* / " /proc/self/mountinfo | grep -o "shared:\|master:\|unbindable" | sort | xargs'
for pair in "private:" "rprivate:" "slave:" "rslave:"; do
  config '.linux.rootfsPropagation = $p' --arg p "${pair%%:*}"
  run_container
  expect_status 0
  got=${STDOUT//master:/}
  expect_equal "$(xargs <<<"$got")" "${pair#*:}" "propagation with ${pair%%:*}"
done
