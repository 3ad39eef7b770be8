#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
config '.annotations = {"org.example.key": "value with \"quotes\" and ü"}'
payload sleep 1000
cd "$WORK"
BUNDLE=bundle create_container # a relative path: state must make it absolute
ocirt state "$ID"
expect_status 0
[ -z "$STDERR" ] || fail "state wrote to stderr"
jq -e --arg id "$ID" --arg bundle "$(realpath "$BUNDLE")" '
  .id == $id and .status == "created" and (.pid | type == "number" and . > 0) and .bundle == $bundle
  and (.ociVersion | test("^1\\.[0-9]+\\.[0-9]+"))
  and .annotations["org.example.key"] == "value with \"quotes\" and ü"' <<<"$STDOUT" >/dev/null ||
  fail "a field is wrong"
