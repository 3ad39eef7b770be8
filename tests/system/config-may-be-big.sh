#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'env | wc -l; echo ${#LONG}'
config '.process.env += [range(3000) | "VAR_\(.)=" + ("x" * 100)] + ["LONG=" + ("y" * 100000)]'
config '.annotations = ([range(2000) | {key: "k\(.)", value: "v"}] | from_entries)'
run_container
expect_status 0
expect_equal "$(tail -1 <<<"$STDOUT")" 100000 "length of a long value"
