#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 does not know it"
new_bundle
payload probe ioprio
config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
run_container
expect_stdout 0x4006
config '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
run_container
expect_stdout 0x6000
