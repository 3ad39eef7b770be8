#!/bin/bash
# The processors that a batch job is bound to are its containers' as well, whatever ocirt did with its
# own affinity in between.
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc and crun reset the affinity"
allowed=$(taskset -cp $$ | sed 's/.*: //')
new_bundle
config 'del(.linux.cgroupsPath)'
payload probe affinity
run_container
expect_status 0
expect_equal "$(taskset -cp $$ | sed 's/.*: //')" "$allowed" "our own"
all=$STDOUT
[ "$(wc -w <<<"$all")" = "$(nproc)" ] || fail "of $(nproc) processors the payload got: $all"
[ "$(nproc)" -gt 1 ] || skip "one processor only"

last=$(awk '{ print $NF }' <<<"$all")
RUN_AS=(taskset -c "$last")
run_container
expect_status 0
expect_equal "$(xargs <<<"$STDOUT")" "$last" "cpus of run"

payload sleep 1000
start_container
ocirt exec "$ID" probe affinity
expect_equal "$(xargs <<<"$STDOUT")" "$last" "cpus of exec"
RUN_AS=()
ocirt exec "$ID" probe affinity
expect_equal "$STDOUT" "$all" "cpus of exec, from everywhere"
