#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"

# The root is an overlay that exists in the container alone: what it writes is in upper, what it removes is hidden.
ocirt_only "an annotation of ours"
new_bundle
layered_root
mkdir "$WORK/top"
echo from-top >"$WORK/top/new"
payload sh -c 'cat /new; echo changed >/etc/passwd; rm /etc/group; ls /etc; grep -c " / / " /proc/self/mountinfo'
overlay_root "{lower: [\"$WORK/top\", \"$LAYER\"], upper: \"$WORK/upper\", work: \"$WORK/work\"}"
run_container
expect_status 0
expect_stdout $'from-top\npasswd\n1'
expect_equal "$(cat "$WORK/upper/etc/passwd")" changed "the changed file"
grep -q root "$LAYER/etc/passwd" || fail "the layer was written to"
expect_equal "$(ls -A "$BUNDLE/rootfs")" "" "the mount point on the host"
expect_no_leftovers
