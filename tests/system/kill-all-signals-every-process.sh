#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
without_namespace pid
payload sh -c 'sh -c "trap \"touch /a; exit\" USR1; touch /r1; while :; do sleep 0.02; done" &
  trap "touch /b; exit" USR1; touch /r2; while :; do sleep 0.02; done'
start_container
wait_until test -e "$ROOTFS/r1" -a -e "$ROOTFS/r2"
ocirt kill --all "$ID" USR1
expect_status 0
wait_until test -e "$ROOTFS/a" -a -e "$ROOTFS/b"
