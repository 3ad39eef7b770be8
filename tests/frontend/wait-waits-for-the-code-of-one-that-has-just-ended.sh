#!/bin/bash
# A container whose init goes away just before `wait` would watch it has a code all the same: its monitor's record.
source "$(dirname "$0")/containers_lib.sh"
need_command strace
import_busybox
ocictl run -d --network none --name one busybox sh -c 'while [ ! -e /end ]; do sleep 0.1; done; exit 7'
expect_status 0
# The first process that `wait` opens is the init.
spawn strace -qq -o "$WORK/trace" -e trace=pidfd_open -e inject=pidfd_open:error=ESRCH:when=1 \
  "$OCICTL" --root "$STORE" wait one >"$WORK/code"
is_watching() { [ "$(grep -c pidfd_open "$WORK/trace")" -ge 2 ]; }
wait_until is_watching
ocictl exec one touch /end
wait "$HELPER"
[ "$(cat "$WORK/code")" = 7 ] || fail "the code is $(cat "$WORK/code")"
grep -q INJECTED "$WORK/trace" || fail "nothing was injected: $(cat "$WORK/trace")"
