#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 does not know it"
new_bundle
payload true
add_mount /data bind /proc/sys bind "idmap=uids=0-1-1;gids=0-1-1"
run_container
expect_error_contains 'mount "/proc/sys" on "/data": map its ids'
expect_error_contains "file system can't map ids"
expect_no_leftovers

config '.mounts[-1].options = ["bind", "idmap"]'
run_container
expect_error_contains "needs uidMappings and gidMappings"
expect_no_leftovers

config '.mounts[-1].options = ["bind", "idmap=uids=0-1"]'
run_container
expect_error_contains 'the range "0-1"'
expect_no_leftovers
