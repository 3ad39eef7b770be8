#!/bin/bash
source "$(dirname "$0")/../lib.sh"

output=$("$OCIRT" 2>&1) || true
grep -qi usage <<<"$output" || fail "no usage: $output"
