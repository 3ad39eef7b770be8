#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# getpriority(which, who): which is 0 for a process, 1 for a group, 2 for a user.
new_bundle
[ "$(uname -m)" = x86_64 ] || skip "the call's number is x86_64's"
payload sh -c 'for which in 0 1 2; do probe call 140 $which 0; done'
check() { # check OPERATOR VALUE VALUE_TWO EXPECTED
  config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getpriority"], action: "SCMP_ACT_ERRNO", errnoRet: 38,
    args: [{index: 0, op: $op, value: $v, valueTwo: $w}]}]}' --arg op "$1" --argjson v "$2" --argjson w "$3"
  run_container
  expect_equal "$(sed 's/ERRNO ENOSYS/no/; s/^[0-9]*$/yes/' <<<"$STDOUT" | xargs)" "$4" "$1 $2"
}
check SCMP_CMP_EQ 1 0 "yes no yes"
check SCMP_CMP_NE 1 0 "no yes no"
check SCMP_CMP_LT 1 0 "no yes yes"
check SCMP_CMP_LE 1 0 "no no yes"
check SCMP_CMP_GT 1 0 "yes yes no"
check SCMP_CMP_GE 1 0 "yes no no"
check SCMP_CMP_MASKED_EQ 2 2 "yes yes no"
