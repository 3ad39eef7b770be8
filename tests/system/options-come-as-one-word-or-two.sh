#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# CRI-O writes --root X, conmon --root=X, podman --log-format=json and --log PATH.
new_bundle
payload echo hello
for options in "--root=$STATE_ROOT --log $WORK/log --log-format=json" "--root $STATE_ROOT --log=$WORK/log --log-format json"; do
  for bundle in "--bundle $BUNDLE" "--bundle=$BUNDLE" "-b $BUNDLE"; do
    # shellcheck disable=SC2086  # words
    STDOUT=$("$OCIRT" $options run $bundle "$ID") || fail "refused: $options run $bundle"
    expect_stdout hello
  done
done
