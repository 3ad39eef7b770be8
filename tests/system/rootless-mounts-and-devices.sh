#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'echo x >/dev/null && head -c1 /dev/zero | wc -c; cat /data/file; touch /data/x 2>/dev/null || echo ro; ls /dev/pts/ptmx; cut -d" " -f5 /proc/self/mountinfo | grep -c /dev/'
mkdir "$WORK/source"
echo data >"$WORK/source/file"
add_mount /data bind "$WORK/source" rbind ro
become_user subids
run_container
expect_status 0
expect_equal "$(head -4 <<<"$STDOUT" | xargs)" "1 data ro /dev/pts/ptmx" "output"
