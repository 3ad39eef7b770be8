#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Slurm's recipe: create ID -b BUNDLE.
ocirt_only "runc stops reading options at the id"
new_bundle
payload sleep 1000
ocirt create "$ID" -b "$BUNDLE" --pid-file "$WORK/pid"
expect_status 0
[ -s "$WORK/pid" ] || fail "no pid file"
ocirt delete "$ID" --force
expect_status 0
expect_no_leftovers
