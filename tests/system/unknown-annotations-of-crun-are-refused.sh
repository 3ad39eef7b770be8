#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# What would change the program that is run must not be passed over in silence.
ocirt_only "runc ignores them, crun obeys them"
new_bundle
for name in run.oci.handler run.oci.seccomp.plugins run.oci.seccomp_bpf_data run.oci.seccomp_fail_unknown_syscall; do
  config '.annotations = {($name): "x"}' --arg name "$name"
  run_container
  expect_error_contains "/annotations/$name"
done
expect_no_leftovers
