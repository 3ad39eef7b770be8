#!/bin/bash
# An import whose layer is in the store already, but damaged, says so instead of trying for ever.
source "$(dirname "$0")/lib.sh"
mkdir "$WORK/tree"
echo content >"$WORK/tree/file"
tar -C "$WORK/tree" -cf "$WORK/tree.tar" .
ocictl import -q "$WORK/tree.tar" one
expect_status 0
printf '{' >"$(echo "$STORE"/layers/*/layer.json)"
CALL="import over a damaged layer"
keep_output_of timeout 30 "$OCICTL" --root "$STORE" import -q "$WORK/tree.tar" two
expect_status 125
expect_stderr_has "is damaged"
expect_stderr_has "ocictl image verify"
[ -z "$(ls "$STORE/partial")" ] || fail "the import left $(ls "$STORE/partial")"
