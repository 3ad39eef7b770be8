#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# dockerd takes every line with the word "version"; the last one wins.
for option in --version -v; do
  output=$("$OCIRT" $option)
  head -1 <<<"$output" | grep -qE '^[a-z]+ version [0-9]+\.[0-9]+' || fail "line 1: $output"
  expect_equal "$(grep -c version <<<"$output")" 1 "lines with the word"
  grep -qE '^spec: 1\.[0-9]+\.[0-9]+' <<<"$output" || fail "no spec line: $output"
done
