#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'head -c 100000000 /dev/zero | tail -c 100000000 >/dev/null; echo survived'
config '.linux.resources += {memory: {limit: 33554432, swap: 33554432}}'
run_container
case $STDERR in *Killed* | *memory*) ;; *) [ "$STATUS" != 0 ] || fail "the payload had more than its limit" ;; esac
expect_no_leftovers
