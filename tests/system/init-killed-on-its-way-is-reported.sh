#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# SIGKILL takes init, or the joiner, at its Nth call that makes something: `run` must say so, not hang, and
# leave nothing behind.
need_root
need_command strace
ocirt_only "runc's Go threads make other calls each time"
new_bundle
payload true
calls=mount,fsopen,fsconfig,fsmount,move_mount,open_tree,mount_setattr,mkdirat,symlinkat,mknodat,pivot_root,setns,setsid,sethostname,capset,execve
killed=0
for call in 2 4 6 8 10 14 18 22 26 30; do
  STATUS=0
  STDERR=$(OCIRT_TEST_MARK="$WORK" timeout 20 strace -f -qq -o "$WORK/trace" -e inject="$calls:signal=KILL:when=$call" \
    "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" 2>&1 >/dev/null) || STATUS=$?
  CALL="run with init killed at call $call"
  [ "$STATUS" != 124 ] || fail "run hangs"
  [ "$STATUS" = 0 ] && break
  killed=$((killed + 1))
  if [ "$STATUS" = 137 ]; then
    ocirt delete --force "$ID" # it was the creator that was killed, or the payload
  else
    [ -n "$STDERR" ] || fail "no message"
  fi
  expect_no_leftovers
done
[ "$killed" -gt 0 ] || fail "no call was hit"
