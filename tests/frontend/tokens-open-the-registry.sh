#!/bin/bash
# A token server: anonymous is refused with a hint; a password, a refresh token and a credential helper each get a
# token; none of them reaches the host to which blobs are redirected.
source "$(dirname "$0")/lib.sh"
make_simple_layout image 300000
start_fake image --token --redirect

ocictl pull "$REGISTRY/httpd"
expect_status 125
expect_stderr_has "authentication required"
expect_stderr_has "hint: it may not exist, or you have to log in: ocictl login $REGISTRY"

pulls() {
  ocictl pull -q "$REGISTRY/httpd"
  expect_status 0
  grep -q "^$FAKE_PORT GET /v2/httpd/manifests/latest 200 Bearer let-me-in" "$FAKE/requests" || fail "no token was shown"
  grep -q "blobs/.* 200 -$" "$FAKE/requests" || fail "nothing came from the other host"
  if grep -v "^$FAKE_PORT " "$FAKE/requests" | grep -v ' -$'; then fail "credentials went to another host"; fi
  : >"$FAKE/requests"
  ocictl rmi "$REGISTRY/httpd"
}
echo "{\"auths\": {\"$REGISTRY\": {\"auth\": \"$(printf ana:secret | base64)\"}}}" >"$REGISTRY_AUTH_FILE"
pulls
echo "{\"auths\": {\"$REGISTRY\": {\"identitytoken\": \"again\"}}}" >"$REGISTRY_AUTH_FILE"
pulls
mkdir "$WORK/bin"
printf '#!/bin/sh\nread host\necho "$1 $host" >%q\necho %q\n' "$WORK/asked" '{"Username": "ana", "Secret": "secret"}' \
  >"$WORK/bin/docker-credential-test"
chmod +x "$WORK/bin/docker-credential-test"
echo "{\"credHelpers\": {\"$REGISTRY\": \"test\"}}" >"$REGISTRY_AUTH_FILE"
export PATH=$WORK/bin:$PATH
pulls
expect_equal "$(cat "$WORK/asked")" "get $REGISTRY" "what the helper was asked"
