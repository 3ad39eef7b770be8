#!/bin/bash
# A pull that was killed asks the registry, next time, only for the rest of the layer.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null

mkdir "$WORK/one"
head -c 40000000 /dev/urandom >"$WORK/one/big"
make_layout cut "$WORK/one"
push_layout cut

# Stopped in the middle: the spool has some of it.
"$OCICTL" --root "$STORE" pull "$REGISTRY/cut" >/dev/null 2>&1 &
PULL=$!
has_some() { [ "$(stat -c %s "$STORE"/partial/*/spool 2>/dev/null || echo 0)" -gt 1000000 ]; }
wait_until has_some
kill -KILL $PULL 2>/dev/null
wait $PULL 2>/dev/null || true
[ -n "$(ls "$STORE/partial")" ] || skip "the pull was faster than we"
[ -z "$(ls "$STORE/layers")" ] || fail "a layer is there that was cut off"

ocictl pull -q "$REGISTRY/cut"
expect_status 0
requests | grep -q '206$' || fail "it didn't ask for a part: $(requests)"
cmp "$WORK/one/big" "$(top_tree "$REGISTRY/cut")/big" || fail "the file isn't what it was"
[ -z "$(find "$STORE/partial" "$STORE/trash" -mindepth 1)" ] || fail "something is left behind"
ocictl image verify
expect_status 0
