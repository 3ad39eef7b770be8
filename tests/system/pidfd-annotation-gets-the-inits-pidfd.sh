#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "the annotation is crun's, whose version here may lack it"
new_bundle
payload sleep 1000
config '.annotations["run.oci.pidfd_receiver"] = $path' --arg path "$WORK/pidfd.sock"
spawn python3 "$TESTS/helpers/pidfd_receiver.py" "$WORK/pidfd.sock" "$WORK/got"
wait_until test -S "$WORK/pidfd.sock"
create_container
wait_until test -e "$WORK/got"
expect_equal "$(cat "$WORK/got")" "$(container_pid) 1 True" "pid of the pidfd, descriptors, payload"

# Nobody listens: the caller would wait for ever for what never comes.
ocirt delete --force "$ID"
rm "$WORK/pidfd.sock"
run_container
expect_error_contains "pidfd.sock"
expect_no_leftovers
