#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# An NFS home with root_squash: only the payload's user may chdir.
need_root
new_bundle
mkdir "$ROOTFS/home"
chown 1000:1000 "$ROOTFS/home"
chmod 700 "$ROOTFS/home"
payload pwd
config '.process.cwd = "/home" | .process.user = {uid: 1000, gid: 1000}'
run_container
expect_status 0
expect_stdout /home
