#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt create --bundle
expect_failure
ocirt create --pid-file
expect_failure
STATUS=0
STDERR=$("$OCIRT" --root 2>&1) || STATUS=$?
expect_failure
