#!/bin/bash
# A commit that finds no room for the layer ends with an error, though the container's files are still being written to
# it; nothing is left of it, and the container works.
source "$(dirname "$0")/containers_lib.sh"
need_root
mkdir "$STORE"
mount -t tmpfs -o size=24m none "$STORE"
import_busybox
run -d --name big busybox sh -c 'head -c 14000000 /dev/urandom >/file; echo made; sleep 1000'
expect_status 0
is_made() { ocictl logs big && [ "$STDOUT" = made ]; }
wait_until is_made
CALL="commit without room"
keep_output_of timeout 30 "$OCICTL" --root "$STORE" commit big too-big
expect_status 125
expect_stderr_has "No space left on device"
[ -z "$(ls "$STORE/partial")" ] || fail "the commit left $(ls "$STORE/partial")"
ocictl exec big cat /proc/1/comm
expect_status 0
