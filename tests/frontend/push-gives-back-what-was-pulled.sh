#!/bin/bash
# An image that was pulled and pushed elsewhere has its id, and podman unpacks it.
source "$(dirname "$0")/lib.sh"
need_command podman
start_registry </dev/null
mkdir "$WORK/one"
head -c 3000000 /dev/urandom >"$WORK/one/file"
ln "$WORK/one/file" "$WORK/one/linked"
make_layout there "$WORK/one"
push_layout there
ocictl pull -q "$REGISTRY/there"
expect_status 0
ID=$STDOUT
ocictl tag "$REGISTRY/there" "$REGISTRY/back:v2"
ocictl push "$REGISTRY/back:v2"
expect_status 0
GOT=$(env -u REGISTRY_AUTH_FILE podman --root "$WORK/pod" --runroot "$WORK/podrun" pull -q --tls-verify=false "$REGISTRY/back:v2")
umount "$WORK/pod/overlay" 2>/dev/null || true
[ "$GOT" = "$ID" ] || fail "podman got another image: $GOT"
