#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman's defaults do this inside sandboxes; runc says only "operation not permitted".
need_root
ocirt_only "runc does not name it"
new_bundle
config '.process.rlimits = [{type: "RLIMIT_NPROC", soft: 1000, hard: 1000}]'
RUN_AS=(prlimit --nproc=500:500 setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource)
run_container
expect_error_contains RLIMIT_NPROC
expect_no_leftovers
