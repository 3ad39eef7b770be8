#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"

ocirt_only "an annotation of ours"
new_bundle
layered_root
mkdir "$WORK/top"
payload sh -c 'touch /file 2>&1'
overlay_root "{lower: [\"$WORK/top\", \"$LAYER\"]}"
run_container
expect_status 1
case $STDOUT in *"Read-only file system"*) ;; *) fail "it could write" ;; esac
expect_no_leftovers
