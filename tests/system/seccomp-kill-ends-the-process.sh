#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'mkdir /a; echo survived $?'
for action in SCMP_ACT_KILL SCMP_ACT_KILL_PROCESS SCMP_ACT_KILL_THREAD; do
  config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: $action}]}' --arg action $action
  run_container
  expect_stdout "survived 159" # 128 + SIGSYS
done
