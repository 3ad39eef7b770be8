#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"

ocirt_only "an annotation of ours"
new_bundle
layered_root
payload sh -c 'echo mine >/file; chown 1:1 /file; stat -c "%u %g" /file /etc/passwd'
config '.process.capabilities |= with_entries(.value += ["CAP_CHOWN"])'
overlay_root "{lower: [\"$LAYER\"], upper: \"$WORK/upper\", work: \"$WORK/work\"}"
become_user subids
run_container
expect_status 0
expect_stdout $'1 1\n0 0'
expect_equal "$(cat "$WORK/upper/file")" mine "the new file"
expect_no_leftovers
