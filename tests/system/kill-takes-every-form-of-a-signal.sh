#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Numbers, names, with and without SIG, in any case, real-time ones.
new_bundle
payload sh -c 'trap "echo got >>/count" USR1 37; : >/count; while :; do sleep 0.02; done'
start_container
wait_until test -e "$ROOTFS/count"
n=0
for signal in 10 USR1 SIGUSR1 usr1 sigusr1 SigUsr1; do
  ocirt kill "$ID" "$signal"
  expect_status 0
  n=$((n + 1))
  wait_until sh -c "[ \$(wc -l <'$ROOTFS/count') = $n ]"
done
ocirt kill "$ID" 37
expect_status 0
wait_until sh -c "[ \$(wc -l <'$ROOTFS/count') = $((n + 1)) ]"
