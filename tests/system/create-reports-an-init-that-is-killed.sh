#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# SIGKILL takes init, or the joiner, at the Nth system call after the clone: create must say so, not hang,
# and leave nothing behind.
need_root
need_command strace
ocirt_only "runc's Go threads make other calls each time"
new_bundle
payload sleep 1000
killed=0
for call in 2 5 10 15 20 30 40 50 60 80 100; do
  STATUS=0
  # The creator itself makes the same calls: only what it forks is traced, since strace follows from the clone on.
  STDERR=$(OCIRT_TEST_MARK="$WORK" timeout 20 strace -f -qq -o "$WORK/trace" -e inject=mount,fsopen,fsmount,move_mount,open_tree,mount_setattr,pivot_root,setns,setsid,sethostname:signal=KILL:when="$call" \
    "$OCIRT" --root "$STATE_ROOT" create --bundle "$BUNDLE" "$ID" 2>&1 >/dev/null) || STATUS=$?
  CALL="create with init killed at call $call"
  [ "$STATUS" != 124 ] || fail "create hangs"
  if [ "$STATUS" = 0 ]; then
    ocirt delete --force "$ID"
    break
  fi
  killed=$((killed + 1))
  [ "$STATUS" = 137 ] || [ -n "$STDERR" ] || fail "no message"
  [ "$STATUS" = 137 ] && ocirt delete --force "$ID" # it was the creator that was killed
  expect_no_leftovers
done
[ "$killed" -gt 0 ] || fail "no call was hit"
