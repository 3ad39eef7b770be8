#!/bin/bash
# A volume is filled with what the image has there, once; it outlives containers, and isn't removed while one has it.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
mkdir -p "$WORK/more/data/sub"
echo shipped >"$WORK/more/data/sub/file"
ln -s sub "$WORK/more/data/link"
chmod 2750 "$WORK/more/data"
chown -h 0:44 "$WORK/more/data"
tar -C "$WORK/more" -rf "$WORK/busybox.tar" ./data
ocictl import -q "$WORK/busybox.tar" filled
expect_status 0

ocictl volume create --label a=b one
expect_status 0
[ "$STDOUT" = one ] || fail "create said $STDOUT"
ocictl volume create one
expect_status 125
expect_stderr_has "already exists"
ocictl volume create ../up
expect_status 125

run --rm -v one:/data filled sh -c 'cat /data/link/file; ls -ld /data | head -c 10; stat -c " %g" /data; rm /data/sub/file; echo mine > /data/kept'
expect_status 0
[ "$STDOUT" = "shipped
drwxr-s--- 44" ] || fail "the volume had $STDOUT"
# What was removed isn't filled in again.
run --rm -v one:/other filled sh -c 'cat /other/kept; ls /other/sub'
[ "$STDOUT" = mine ] || fail "the volume has $STDOUT"
run --rm -v none:/data:nocopy filled ls -A /data
expect_status 0
[ -z "$STDOUT" ] || fail "nocopy copied $STDOUT"

run -d --name holder -v one:/data -v /own filled sleep 1000
expect_status 0
ocictl volume rm one
expect_status 2
expect_stderr_has "is being used"
ocictl volume ls -q
[ "$(wc -l <<<"$STDOUT")" = 3 ] || fail "volumes: $STDOUT"
# A script that forgot --force removes nothing, as with podman.
ocictl volume create unasked
ocictl volume prune </dev/null
expect_status 125
expect_error_contains "nobody has answered, so nothing is removed"
ocictl volume exists unasked
expect_status 0
ocictl volume rm unasked
ocictl volume prune -f
[ "$STDOUT" = none ] || fail "prune removed $STDOUT"
ocictl volume ls --filter label=a=b --format '{{.Name}} {{.Driver}}'
[ "$STDOUT" = "one local" ] || fail "ls said $STDOUT"
ocictl rm -f -t 0 -v holder
expect_status 0
ocictl volume ls -q
[ "$STDOUT" = one ] || fail "volumes: $STDOUT"
ocictl volume rm one none
expect_status 1
[ "$STDOUT" = one ] || fail "rm said $STDOUT"
ocictl volume exists one
expect_status 1
[ -z "$(ls -A "$STORE/volumes")" ] || fail "something is left of the volumes"
