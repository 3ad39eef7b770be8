#!/bin/bash
# Two pulls of one image at once fetch each layer once.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null
mkdir "$WORK/one"
head -c 30000000 /dev/urandom >"$WORK/one/big"
make_layout both "$WORK/one"
push_layout both
: >"$WORK/registry.log"

"$OCICTL" --root "$STORE" pull -q "$REGISTRY/both" >"$WORK/first" 2>&1 &
FIRST=$!
ocictl pull -q "$REGISTRY/both"
expect_status 0
wait $FIRST || fail "the first pull failed: $(cat "$WORK/first")"
cmp -s "$WORK/first" <(echo "$STDOUT") || fail "they pulled different images"
layer=$(jq -r '.layers[0].digest' "$STORE"/images/*/manifest)
[ "$(requests | grep -c "GET .*$layer")" = 1 ] || fail "the layer was fetched more than once: $(requests)"
