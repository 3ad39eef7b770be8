#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'umask; rm -f /made; touch /made; stat -c %a /made'
umask 0
run_container
expect_stdout $'0022\n644'
config '.process.user.umask = 55' # 067
run_container
expect_stdout $'0067\n600'
