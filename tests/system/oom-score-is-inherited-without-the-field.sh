#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload cat /proc/self/oom_score_adj
RUN_AS=(sh -c 'echo 123 >/proc/self/oom_score_adj; exec "$@"' -)
run_container
expect_stdout 123
