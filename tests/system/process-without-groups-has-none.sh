#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Not the caller's supplementary groups.
need_root
new_bundle
payload grep ^Groups: /proc/self/status
RUN_AS=(setpriv --groups "4,20,27")
run_container
expect_equal "$(xargs <<<"$STDOUT")" "Groups:" groups
