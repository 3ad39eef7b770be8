#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload probe keyring
run_container --no-new-keyring
first=$STDOUT
case $first in -*) skip "no keyrings here" ;; esac
run_container --no-new-keyring
expect_stdout "$first"
