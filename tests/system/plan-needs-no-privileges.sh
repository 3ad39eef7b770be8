#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "no other runtime has plan"
new_bundle
config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 65534, size: 1}]
  | .linux.gidMappings = .linux.uidMappings | del(.linux.resources)'
cp "$OCIRT" "$WORK/runtime"
STDOUT=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/runtime" plan --bundle "$BUNDLE") || fail "plan fails"
jq -e type <<<"$STDOUT" >/dev/null || fail "not JSON"
