#!/bin/bash
# http_proxy is asked instead of a host, unless no_proxy names it; certs.d has the certificate for a server that
# wants one.
source "$(dirname "$0")/lib.sh"
need_command openssl
make_simple_layout image 300000
start_fake image
printf '[[registry]]\nlocation = "far.test"\ninsecure = true\n' >>"$CONTAINERS_REGISTRIES_CONF"
export http_proxy=http://$REGISTRY https_proxy=http://127.0.0.1:1
ocictl pull -q far.test/image
expect_status 0
grep -q proxied "$FAKE/requests" || fail "the proxy wasn't asked"
: >"$FAKE/requests"
export no_proxy=localhost
ocictl pull -q "$REGISTRY/image"
expect_status 0
if grep proxied "$FAKE/requests"; then fail "no_proxy was not heeded"; fi
unset http_proxy https_proxy no_proxy

new_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/$1.key" -out "$WORK/$1.pem" \
    -days 2 -subj "/CN=$1" -addext subjectAltName=DNS:localhost 2>/dev/null
}
new_certificate server
new_certificate client
start_fake image --tls "$WORK/server.pem" "$WORK/server.key" "$WORK/client.pem"
printf '' >"$CONTAINERS_REGISTRIES_CONF"
export HOME=$WORK/home
CERTS=$HOME/.config/containers/certs.d/$REGISTRY
mkdir -p "$CERTS"
cp "$WORK/server.pem" "$CERTS/ca.crt"
ocictl rmi --all
ocictl pull -q "$REGISTRY/image"
expect_status 125
cp "$WORK/client.pem" "$CERTS/client.cert"
cp "$WORK/client.key" "$CERTS/client.key"
ocictl pull -q "$REGISTRY/image"
expect_status 0
