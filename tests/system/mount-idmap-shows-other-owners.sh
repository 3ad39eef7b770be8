#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 does not know it"
new_bundle
mkdir -p "$WORK/source/sub"
mount -t tmpfs tmpfs "$WORK/source/sub"
touch "$WORK/source/file" "$WORK/source/sub/file"
chown -R 1000:1000 "$WORK/source"
payload sh -c 'stat -c %u:%g /data/file /data/sub/file; touch /data/made'
add_mount /data bind "$WORK/source" rbind idmap
config '.mounts[-1] += {uidMappings: [{containerID: 1000, hostID: 0, size: 1}], gidMappings: [{containerID: 1000, hostID: 0, size: 1}]}'

run_container
expect_status 0
expect_stdout "0:0
1000:1000"
expect_equal "$(stat -c %u:%g "$WORK/source/made")" 1000:1000 "owner of the new file on the host"

config '.mounts[-1].options = ["rbind", "ridmap"]'
run_container
expect_stdout "0:0
0:0"

# As podman and crun write it.
config '.mounts[-1].options = ["rbind", "idmap=uids=1000-0-1;gids=1000-7-1#0-0-1"] | del(.mounts[-1].uidMappings, .mounts[-1].gidMappings)'
run_container
expect_stdout "0:7
1000:1000"
