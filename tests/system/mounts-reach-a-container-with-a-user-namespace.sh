#!/bin/bash
source "$(dirname "$0")/../lib.sh"
need_root
ocirt_only "runc has no such verb, crun 1.22 has"

mkdir "$WORK/host"
echo word >"$WORK/host/file"
new_bundle
chmod 755 "$WORK" "$BUNDLE"
chown -R 100000:100000 "$ROOTFS"
config '.linux.namespaces += [{type: "user"}]
  | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
payload sleep 1000
start_container
cat >"$WORK/mounts.json" <<END
[{"destination": "/data", "type": "bind", "source": "$WORK/host", "options": ["rbind", "ro"]},
 {"destination": "/space", "type": "tmpfs", "source": "tmpfs"}]
END
ocirt mounts add "$ID" "$WORK/mounts.json"
expect_status 0
ocirt exec "$ID" sh -c 'cat /data/file && touch /space/new && stat -c %u /space/new'
expect_stdout $'word\n0'
ocirt mounts remove "$ID" "$WORK/mounts.json"
expect_status 0
