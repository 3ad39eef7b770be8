#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'id -u; id -g'
config '.process.user = {uid: 1000, gid: 1000}'
become_user subids
run_container
expect_stdout $'1000\n1000'
