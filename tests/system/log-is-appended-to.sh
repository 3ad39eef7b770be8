#!/bin/bash
source "$(dirname "$0")/../lib.sh"

echo "from before" >"$WORK/log"
GLOBALS=(--log "$WORK/log" --log-format text)
ocirt state nobody
expect_failure
ocirt state nobody
expect_failure
expect_equal "$(head -1 "$WORK/log")" "from before" "line 1"
expect_equal "$(grep -c 'does not exist' "$WORK/log")" 2 "errors in the log"
