#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload grep ^Cap /proc/self/status
config '.process.capabilities = {
  bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW", "CAP_SYS_TIME"], permitted: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"],
  inheritable: ["CAP_CHOWN", "CAP_KILL"], effective: ["CAP_CHOWN"], ambient: ["CAP_KILL"]} | .process.user.uid = 1000'
run_container
expect_status 0
# The payload is a plain user without file capabilities: after execve only the ambient ones are permitted.
expect_equal "$(xargs <<<"$STDOUT")" "CapInh: 0000000000000021 CapPrm: 0000000000000020 CapEff: 0000000000000020\
 CapBnd: 0000000002002021 CapAmb: 0000000000000020" sets
