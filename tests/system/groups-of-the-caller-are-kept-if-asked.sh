#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman's --group-add keep-groups, for data that a group of the lab owns.
need_root
ocirt_only "the annotation is crun's"
new_bundle
payload sh -c 'grep ^Groups: /proc/self/status | xargs'
GLOBALS=()
RUN_AS=(setpriv --groups 1234,5678)
run_container
expect_stdout "Groups:"
config '.annotations["run.oci.keep_original_groups"] = "1" | .process.user.additionalGids = [77]'
run_container
expect_stdout "Groups: 1234 5678"
