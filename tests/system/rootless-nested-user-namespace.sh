#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'id -u; echo ok'
become_user single
config '.linux.uidMappings[0].hostID = 0 | .linux.gidMappings[0].hostID = 0'
[ "$(id -u)" = 0 ] && RUN_AS=(as_user unshare -Ur) || RUN_AS=(unshare -Ur)
run_container
expect_status 0
expect_stdout $'0\nok'
