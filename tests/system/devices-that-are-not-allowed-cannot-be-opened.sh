#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Major numbers 240 to 254 belong to nobody: an open that the filter lets through ends with ENXIO.
need_root
new_bundle
config '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'
payload sh -c 'mknod /dev/b b 240 7 2>&1; mknod /dev/c c 240 7 2>&1; cat </dev/b; cat </dev/c; head -c1 /dev/zero | wc -c'
run_container
expect_equal "$(grep -c "can't open.*\(not permitted\|No such file\)" <<<"$STDERR")" 2 "refusals"
expect_equal "$(tail -1 <<<"$STDOUT")" 1 "bytes of /dev/zero"
