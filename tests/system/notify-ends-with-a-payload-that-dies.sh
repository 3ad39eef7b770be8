#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# A payload that ends before it says READY=1 doesn't leave anybody waiting; a `run` returns its status.
need_root
case $("$OCIRT" --version) in runc*) skip "runc run waits for ever" ;; esac
new_bundle
payload sh -c 'sleep 0.2; exit 3'
spawn python3 "$TESTS/helpers/notify_listener.py" "$WORK/notify.sock" "$WORK/heard"
wait_until grep -qx listening "$WORK/heard"
export NOTIFY_SOCKET=$WORK/notify.sock
create_container
ocirt start "$ID"
expect_status 0
has_status "$ID" stopped || fail "start did not wait for the end"
ocirt delete "$ID"
expect_status 0
ocirt run --detach --bundle "$BUNDLE" "$ID"
expect_status 0
has_status "$ID" stopped || fail "run --detach did not wait for the end"
ocirt delete "$ID"
expect_status 0
run_container
expect_status 3
! grep -q READY=1 "$WORK/heard" || fail "ready without a word"
expect_no_leftovers
