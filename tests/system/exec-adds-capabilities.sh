#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec --cap CAP_NET_RAW --cap CAP_SYS_TIME "$ID" grep -E '^Cap(Prm|Eff|Bnd)' /proc/self/status
expect_status 0
# 0x22002420: CAP_KILL 5, CAP_NET_BIND_SERVICE 10, CAP_NET_RAW 13, CAP_SYS_TIME 25, CAP_AUDIT_WRITE 29
expect_equal "$(awk '{ print $2 }' <<<"$STDOUT" | sort -u)" 0000000022002420 "capabilities"
