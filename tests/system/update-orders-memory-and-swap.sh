#!/bin/bash
# The kernel wants memory to be at most what memory and swap together are, at any time.
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
own_cgroup_path
payload sleep 1000
start_container
for pair in 32m:48m 128m:160m 20m:24m 64m:64m 16m:300m; do
  ocirt update --memory "${pair%:*}" --memory-swap "${pair#*:}" "$ID"
  expect_status 0
done
expect_cgroup memory memory.limit_in_bytes 16777216 memory.max 16777216
expect_cgroup memory memory.memsw.limit_in_bytes 314572800 memory.swap.max 297795584

# A later update knows of the earlier: together it stays 300m.
ocirt update --memory 100m "$ID"
expect_status 0
expect_cgroup memory memory.memsw.limit_in_bytes 314572800 memory.swap.max 209715200
ocirt_only "on the text of the error"
ocirt update --memory 301m "$ID"
expect_status 1
expect_error_contains "more than that of memory and swap together"
expect_error_contains "hint: set both"
expect_cgroup memory memory.limit_in_bytes 104857600 memory.max 104857600
