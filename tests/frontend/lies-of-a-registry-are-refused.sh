#!/bin/bash
# A wrong diff id, a wrong blob, a manifest that is two things at once: no image comes of them.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null
mkdir "$WORK/one"
echo content >"$WORK/one/file"
tar -C "$WORK/one" -cf "$WORK/layer.tar" .

nothing_came() {
  [ "$STATUS" = 125 ] || fail "it was taken"
  [ -z "$(find "$STORE/images" "$STORE/layers" "$STORE/names" -mindepth 1)" ] || fail "something was kept"
}

zeros=sha256:$(printf '0%.0s' {1..64})
"$TESTS/helpers/make_image.py" "$WORK/lie.oci" "$WORK/layer.tar" --diff-id "0=$zeros"
push_layout lie
ocictl pull "$REGISTRY/lie"
nothing_came
expect_stderr_has "but the image says $zeros"

"$TESTS/helpers/make_image.py" "$WORK/path.oci" "$WORK/layer.tar" --diff-id "0=sha256:../../x"
push_layout path
ocictl pull "$REGISTRY/path"
nothing_came
expect_stderr_has "is no digest"

"$TESTS/helpers/make_image.py" "$WORK/env.oci" "$WORK/layer.tar" --config '{"config": {"Env": ["AWS_SECRET_ACCESS_KEY"]}}'
push_layout env
ocictl pull "$REGISTRY/env"
nothing_came
expect_stderr_has "no NAME=VALUE"

# The registry's disk has other bytes than it says.
"$TESTS/helpers/make_image.py" "$WORK/blob.oci" "$WORK/layer.tar"
push_layout blob
digest=$(jq -r '.manifests[0].digest' "$WORK/blob.oci/index.json")
layer=$(jq -r '.layers[0].digest' "$WORK/blob.oci/blobs/sha256/${digest#sha256:}")
data=$WORK/registry/docker/registry/v2/blobs/sha256/${layer:7:2}/${layer#sha256:}/data
printf 'x' | dd of="$data" bs=1 seek=20 conv=notrunc status=none
ocictl pull "$REGISTRY/blob"
nothing_came
expect_stderr_has "has the digest"
