#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman parses the whole file as one object; containerd wants an RFC 3339 time.
GLOBALS=(--log "$WORK/log" --log-format json)
ocirt state nobody
expect_error_contains "does not exist"
expect_equal "$(jq -s length "$WORK/log")" 1 "objects in the log"
jq -e '.level == "error" and (.msg | test("does not exist"))
  and (.time | test("^20[0-9-]{8}T[0-9:]{8}(\\.[0-9]+)?(Z|[+-][0-9:]{5})$"))' "$WORK/log" >/dev/null ||
  fail "the object is wrong: $(cat "$WORK/log")"
