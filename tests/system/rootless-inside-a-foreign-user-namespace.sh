#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# As in unshare -Ur: uid 0, but of a namespace with one id and without power over cgroups.
new_bundle
payload sh -c 'id -u; hostname; echo ok'
become_user single
config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)'
[ "$(id -u)" = 0 ] && RUN_AS=(as_user unshare -Ur) || RUN_AS=(unshare -Ur)
run_container
expect_status 0
expect_stdout $'0\nocirt\nok'
expect_no_leftovers
