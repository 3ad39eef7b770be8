#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc stops at the first"
new_bundle
config '.linux.seccomp = {defaultAction: "SCMP_ACT_NONSENSE", architectures: ["SCMP_ARCH_NONSENSE"], flags: ["SECCOMP_FILTER_FLAG_NONSENSE"],
  syscalls: [{names: ["mkdir"], action: "SCMP_ACT_ERRNO", args: [{index: 9, op: "SCMP_CMP_NONSENSE", value: 1}]}]}'
run_container
for pointer in /linux/seccomp/defaultAction /linux/seccomp/architectures/0 /linux/seccomp/flags/0 \
  /linux/seccomp/syscalls/0/args/0/op /linux/seccomp/syscalls/0/args/0/index; do
  expect_error_contains "$pointer"
done
expect_no_leftovers
