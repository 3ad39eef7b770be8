#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Slurm and CRI-O parse stdout and stderr together: no banners, no warnings.
new_bundle
payload sleep 1000
config '.unknownField = 1 | .linux.unknownToo = {}' # not an error: a later version of the specification
for call in "create --bundle $BUNDLE $ID" "start $ID" "pause $ID" "resume $ID" "kill $ID KILL"; do
  case $call in pause* | resume*) [ "$(id -u)" = 0 ] || continue ;; esac
  # shellcheck disable=SC2086  # words
  ocirt $call
  expect_status 0
  expect_silence
done
wait_for_status stopped
ocirt state "$ID"
[ -z "$STDERR" ] || fail "state wrote to stderr"
ocirt delete "$ID"
expect_silence
