#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt list -q
expect_status 0
expect_silence
ocirt list --format json
expect_status 0
case $STDOUT in null | "[]") ;; *) fail "not an empty array" ;; esac
