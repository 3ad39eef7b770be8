#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 fails"
new_bundle
payload sh -c 'grep " /[^ ]* / " /proc/self/mountinfo | grep -c unbindable'
config '.linux.rootfsPropagation = "unbindable"'
run_container
expect_stdout 1
