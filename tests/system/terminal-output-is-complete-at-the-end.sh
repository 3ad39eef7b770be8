#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The last bytes must not be lost when the payload ends at once.
new_bundle
payload sh -c 'i=0; while [ $i -lt 3000 ]; do echo "line $i ....................................."; i=$((i + 1)); done; echo last'
config '.process.terminal = true'
for _ in 1 2 3; do
  lines=$(python3 "$TESTS/helpers/on_pty.py" "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" | tr -d '\r')
  expect_equal "$(wc -l <<<"$lines") $(tail -1 <<<"$lines")" "3001 last" "lines"
done
