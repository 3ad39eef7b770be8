#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
own_cgroup_path
payload sh -c 'while [ ! -e /go ]; do sleep 0.05; done; (sleep 1000 & sleep 1000 & sleep 1000 & wait) 2>/said; sleep 1000'
start_container
ocirt update --pids-limit 3 "$ID"
expect_status 0
touch "$ROOTFS/go"
wait_until grep -qi "can't fork" "$ROOTFS/said"
