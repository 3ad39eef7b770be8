#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload cat /proc/self/oom_score_adj
config '.process.oomScoreAdj = 345'
run_container
expect_stdout 345
