#!/bin/bash
# Removing an image leaves the layers that another has; an unknown image is status 1.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null
mkdir "$WORK"/{base,top}
echo base >"$WORK/base/file"
echo top >"$WORK/top/other"
make_layout base "$WORK/base"
make_layout both "$WORK/base" "$WORK/top"
push_layout base
push_layout both
ocictl pull -q "$REGISTRY/base" "$REGISTRY/both"
expect_status 0
[ "$(ls "$STORE/layers" | wc -l)" = 2 ] || fail "the base isn't shared"
ocictl rmi "$REGISTRY/both"
expect_status 0
[ "$(ls "$STORE/layers" | wc -l)" = 1 ] || fail "not just the one layer was left"
ocictl image verify "$REGISTRY/base"
expect_status 0
ocictl rmi nonesuch
expect_status 1
