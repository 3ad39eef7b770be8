#!/bin/bash
# Basic credentials from login are used; without them the pull is refused; logout forgets them.
source "$(dirname "$0")/lib.sh"
need_command htpasswd
htpasswd -Bbn ana secret >"$WORK/htpasswd"
start_registry <<CONFIG
auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}
CONFIG
mkdir "$WORK/one"
echo content >"$WORK/one/file"
make_layout private "$WORK/one"
skopeo copy -q --dest-tls-verify=false --dest-creds ana:secret "oci:$WORK/private.oci:latest" \
  "docker://$REGISTRY/private" >/dev/null

ocictl pull "$REGISTRY/private"
expect_status 125
expect_stderr_has "hint: it may not exist, or you have to log in: ocictl login $REGISTRY"
ocictl login -u ana -p wrong "$REGISTRY"
expect_status 125
expect_stderr_has "invalid username/password"
ocictl login -u ana -p secret "$REGISTRY"
expect_status 0
expect_stdout "Login Succeeded!"
[ "$(stat -c %a "$REGISTRY_AUTH_FILE")" = 600 ] || fail "others may read the credentials"
ocictl pull -q "$REGISTRY/private"
expect_status 0
ocictl logout "$REGISTRY"
expect_status 0
ocictl rmi "$REGISTRY/private"
ocictl pull "$REGISTRY/private"
expect_status 125
