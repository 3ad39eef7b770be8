#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload grep ^Cap /proc/self/status
run_container
expect_equal "$(xargs <<<"$STDOUT")" "CapInh: 0000000000000000 CapPrm: 0000000020000420 CapEff: 0000000020000420\
 CapBnd: 0000000020000420 CapAmb: 0000000000000000" sets
