#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload $'no"such\\pro\ngram\t\x01ü'
GLOBALS=(--log "$WORK/log" --log-format json)
run_container
expect_failure
expect_equal "$(jq -s length "$WORK/log")" 1 "objects in the log"
jq -r .msg "$WORK/log" | grep -qF 'pro' || fail "the message lacks the name: $(cat "$WORK/log")"
