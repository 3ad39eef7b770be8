#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The agent at listenerPath gets the container's process state and one descriptor for each name in `fds`.
need_root
new_bundle
payload mkdir /a
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $p, listenerMetadata: "meta data",
  syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_NOTIFY"}]}' --arg p "$WORK/agent.sock"
spawn python3 "$TESTS/helpers/seccomp_agent.py" "$WORK/agent.sock" "$WORK/state.json"
wait_until test -S "$WORK/agent.sock"
run_container
expect_failure
grep -q "File exists" <<<"$STDERR" || fail "the agent's answer did not arrive"
jq -e --arg id "$ID" --arg bundle "$BUNDLE" '.metadata == "meta data" and (.pid > 0) and (.fds == ["seccompFd"])
  and .state.id == $id and .state.bundle == $bundle and (.state.status | test("creat"))' "$WORK/state.json" >/dev/null ||
  fail "wrong state: $(cat "$WORK/state.json")"
