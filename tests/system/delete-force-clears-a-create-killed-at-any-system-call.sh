#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# SIGKILL takes the creator at its Nth system call, for N over the whole of `create`.
need_root
need_command strace
ocirt_only "runc 1.1 leaves cgroups behind"
new_bundle
payload sleep 1000
create() {
  setsid env OCIRT_TEST_MARK="$WORK" strace -qq -o "$WORK/trace" "$@" \
    "$OCIRT" --root "$STATE_ROOT" create --bundle "$BUNDLE" "$ID" &>/dev/null
}
create || fail "create fails under strace"
ocirt delete --force "$ID"
calls=$(wc -l <"$WORK/trace")
[ "$calls" -gt 20 ] || fail "only $calls system calls were seen"
step=$((calls / 40 + 1))
for ((call = 2; call <= calls; call += step)); do
  create -e inject=all:signal=KILL:when="$call" && continue # it came through before that call
  CALL="create, killed at call $call of $calls: $(tail -2 "$WORK/trace" | head -1)"
  ocirt delete --force "$ID"
  expect_status 0
  CALL="delete --force after create was killed at call $call of $calls"
  expect_no_leftovers
done
ocirt delete --force "$ID"
run_container --detach
expect_status 0
