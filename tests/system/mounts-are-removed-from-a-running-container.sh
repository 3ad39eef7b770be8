#!/bin/bash
source "$(dirname "$0")/../lib.sh"
need_root
ocirt_only "runc has no such verb, crun 1.22 has"

mkdir "$WORK/host"
echo word >"$WORK/host/file"
new_bundle
add_mount /first bind "$WORK/host" rbind
payload sleep 1000
start_container
cat >"$WORK/mounts.json" <<END
[{"destination": "/one", "type": "bind", "source": "$WORK/host", "options": ["rbind"]},
 {"destination": "/one/file", "type": "bind", "source": "/dev/null", "options": ["bind"]}]
END
ocirt mounts add "$ID" "$WORK/mounts.json"
expect_status 0
# What is in use doesn't keep it.
ocirt exec --detach --cwd /one "$ID" sleep 1000
ocirt mounts remove "$ID" "$WORK/mounts.json"
expect_status 0
expect_silence
ocirt exec "$ID" sh -c 'ls /one; grep -c " /one" /proc/self/mountinfo'
expect_stdout 0
echo '[{"destination": "/one"}]' >"$WORK/one.json"
ocirt mounts remove "$ID" "$WORK/one.json"
expect_error_contains 'nothing is mounted on "/one"'

echo '[{"destination": "/first"}]' >"$WORK/first.json"
ocirt mounts remove "$ID" "$WORK/first.json"
expect_status 0
ocirt exec "$ID" ls /first
expect_stdout ""
echo '[{"destination": "/"}]' >"$WORK/root.json"
ocirt mounts remove "$ID" "$WORK/root.json"
expect_error_contains 'nothing is mounted on "/"'
