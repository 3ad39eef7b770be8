#!/bin/bash
source "$(dirname "$0")/../lib.sh"

output=$("$OCIRT" --help) || fail "--help fails"
for verb in create start state kill delete run exec list ps pause resume spec features; do
  grep -qw "$verb" <<<"$output" || fail "--help lacks $verb"
  [ -n "$("$OCIRT" "$verb" --help)" ] || fail "$verb --help is empty"
done
