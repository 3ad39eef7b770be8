#!/bin/bash
# HTTPS with a CA of our own: refused without it, taken with it from --cert-dir, and with --tls-verify=false.
source "$(dirname "$0")/lib.sh"
need_command openssl
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$WORK/key.pem" -out "$WORK/cert.pem" \
  -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
start_registry <<CONFIG
http:
  tls: {certificate: $WORK/cert.pem, key: $WORK/key.pem}
CONFIG
printf '' >"$CONTAINERS_REGISTRIES_CONF"
mkdir "$WORK/one" "$WORK/certs"
echo content >"$WORK/one/file"
make_layout tls "$WORK/one"
push_layout tls

ocictl pull "$REGISTRY/tls"
expect_status 125
expect_stderr_has "certificate"
ocictl pull -q --tls-verify=false "$REGISTRY/tls"
expect_status 0
ocictl rmi "$REGISTRY/tls"
cp "$WORK/cert.pem" "$WORK/certs/ca.crt"
ocictl pull -q --cert-dir "$WORK/certs" "$REGISTRY/tls"
expect_status 0
