#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload cat /proc/self/cgroup
config '.linux.namespaces += [{type: "cgroup"}]'
run_container
expect_status 0
expect_equal "$(cut -d: -f3 <<<"$STDOUT" | sort -u)" / "cgroup paths"
