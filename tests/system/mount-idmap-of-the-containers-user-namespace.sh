#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# A volume of the host's root belongs to the container's root, and no file is chowned.
need_root
ocirt_only "runc 1.1 does not know it"
new_bundle
chown -Rh 100000:100000 "$ROOTFS"
mkdir "$WORK/source"
touch "$WORK/source/file"
chown 5:6 "$WORK/source/file"
payload sh -c 'stat -c %u:%g /data /data/file; touch /data/made; sleep 1000'
add_mount /data bind "$WORK/source" bind idmap
config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}]
  | .linux.gidMappings = .linux.uidMappings'
start_container
wait_until test -e "$WORK/source/made"
expect_equal "$(cat "$CONTAINER_OUT")" "0:0
5:6" "owners in the container"
expect_equal "$(stat -c %u:%g "$WORK/source/made")" 0:0 "owner of the new file on the host"

# The same for a container that joins that user namespace.
USER_NAMESPACE=/proc/$(container_pid)/ns/user
FIRST=$ID
new_bundle second
chown -Rh 100000:100000 "$ROOTFS"
payload stat -c %u:%g /data/file
add_mount /data bind "$WORK/source" bind idmap
config '.linux.namespaces += [{type: "user", path: $path}]' --arg path "$USER_NAMESPACE"
run_container
expect_status 0
expect_stdout 5:6
ocirt delete --force "$FIRST"
expect_status 0
