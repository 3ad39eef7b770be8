#!/bin/bash
source "$(dirname "$0")/../lib.sh"
need_root
ocirt_only "runc has no such verb, crun 1.22 has"

mkdir -p "$WORK/host/below"
echo word >"$WORK/host/file"
new_bundle
mkdir -p "$ROOTFS/run"
ln -s /run "$ROOTFS/var/run"
payload sleep 1000
start_container
cat >"$WORK/mounts.json" <<END
[{"destination": "/new/data", "type": "bind", "source": "$WORK/host", "options": ["rbind", "ro"]},
 {"destination": "/etc/one", "type": "bind", "source": "$WORK/host/file", "options": ["bind"]},
 {"destination": "/var/run/linked", "type": "bind", "source": "$WORK/host", "options": ["rbind"]},
 {"destination": "/space", "type": "tmpfs", "source": "tmpfs", "options": ["size=1m", "nosuid"]}]
END
ocirt mounts add "$ID" "$WORK/mounts.json"
expect_status 0
expect_silence
ocirt exec "$ID" cat /new/data/file /etc/one /run/linked/file
expect_stdout $'word\nword\nword'
ocirt exec "$ID" touch /new/data/new
expect_error_contains "read-only"
ocirt exec "$ID" grep ' /space ' /proc/self/mountinfo
expect_stdout_contains "nosuid"
expect_stdout_contains "size=1024k"
expect_equal "$(mounts_below_work)" "" "mounts on the host"

# An object as in config.json does as well, and the state may be created.
jq '{mounts: [.[0]]}' "$WORK/mounts.json" >"$WORK/object.json"
new_bundle second
payload cat /new/data/file
create_container
ocirt mounts add "$ID" "$WORK/object.json"
expect_status 0
ocirt start "$ID"
wait_for_status stopped
expect_equal "$(container_output)" word output
