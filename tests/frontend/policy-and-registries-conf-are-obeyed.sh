#!/bin/bash
# Rejected and signed-only images are refused, blocked registries too; mirrors come first and fall through.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null
mkdir "$WORK/one"
echo content >"$WORK/one/file"
make_layout image "$WORK/one"
push_layout image mirror/image

for type in reject signedBy; do
  echo "{\"default\": [{\"type\": \"insecureAcceptAnything\"}],
    \"transports\": {\"docker\": {\"$REGISTRY\": [{\"type\": \"$type\"}]}}}" >"$WORK/policy.json"
  ocictl pull --signature-policy "$WORK/policy.json" "$REGISTRY/mirror/image"
  expect_status 125
  expect_stderr_has "the policy for \"$REGISTRY\""
done
echo '{"default": [{"type": "insecureAcceptAnything"}], "extra": 1}' >"$WORK/policy.json"
ocictl pull --signature-policy "$WORK/policy.json" "$REGISTRY/mirror/image"
expect_status 125

cat >>"$CONTAINERS_REGISTRIES_CONF" <<CONF
[[registry]]
prefix = "example.test/team"
location = "localhost:1/nowhere"
insecure = true
[[registry.mirror]]
location = "$REGISTRY/absent"
insecure = true
[[registry.mirror]]
location = "$REGISTRY/mirror"
insecure = true
[[registry]]
location = "blocked.test"
blocked = true
[aliases]
CONF
echo "\"short\" = \"$REGISTRY/mirror/image\"" >>"$CONTAINERS_REGISTRIES_CONF"
ocictl pull example.test/team/image
expect_status 0
ocictl images --format '{{.Repository}}:{{.Tag}}'
expect_stdout "example.test/team/image:latest"
ocictl pull blocked.test/x
expect_status 125
expect_stderr_has "is blocked in"
ocictl pull short
expect_status 0
expect_stderr_has 'Resolved "short" as an alias'
