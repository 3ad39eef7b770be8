#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc exits 0"
ocirt frobnicate
expect_status 1
expect_error_contains frobnicate
