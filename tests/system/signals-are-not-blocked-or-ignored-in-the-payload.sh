#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Whatever the caller blocks or ignores.
new_bundle
payload grep -E '^Sig(Blk|Ign|Cgt):' /proc/self/status
(
  trap '' HUP USR1 PIPE
  run_container
  expect_equal "$(grep SigBlk <<<"$STDOUT")" $'SigBlk:\t0000000000000000' "blocked signals"
  expect_equal "$(grep SigCgt <<<"$STDOUT")" $'SigCgt:\t0000000000000000' "caught signals"
)
