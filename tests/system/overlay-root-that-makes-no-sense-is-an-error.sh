#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"

ocirt_only "an annotation of ours"
new_bundle
layered_root
payload true
refused() {
  overlay_root "$1"
  run_container
  expect_status 1
  expect_error_contains "$2"
  expect_no_leftovers
}
refused '{}' '/lower'
refused '{lower: []}' 'lower must have a directory'
refused '{lower: ["layers/one"]}' '"layers/one" must be absolute'
refused "{lower: [\"$LAYER\"], upper: \"$WORK/upper\"}" 'upper and work go together'
refused "{lower: [\"$WORK/nowhere\", \"$LAYER\"]}" "$WORK/nowhere"
refused "{lower: [\"$LAYER\"], upper: \"$WORK/no-upper\", work: \"$WORK/work\"}" "$WORK/no-upper"
