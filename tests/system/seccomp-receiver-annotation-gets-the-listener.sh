#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# crun's annotation says the same as listenerPath, which wins where both are there.
need_root
ocirt_only "the annotation is crun's"
new_bundle
payload mkdir /a
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_NOTIFY"}]}
  | .annotations["run.oci.seccomp.receiver"] = $p' --arg p "$WORK/agent.sock"
spawn python3 "$TESTS/helpers/seccomp_agent.py" "$WORK/agent.sock" "$WORK/state.json"
wait_until test -S "$WORK/agent.sock"
run_container
expect_failure
grep -q "File exists" <<<"$STDERR" || fail "the agent's answer did not arrive"
jq -e --arg id "$ID" '.state.id == $id' "$WORK/state.json" >/dev/null || fail "wrong state: $(cat "$WORK/state.json")"
