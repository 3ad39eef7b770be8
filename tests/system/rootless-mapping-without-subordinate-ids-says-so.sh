#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc only quotes newuidmap"
new_bundle
become_user single
config '.linux.uidMappings += [{containerID: 1, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
run_container
expect_error_contains subuid
expect_no_leftovers
