#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# One message of 1 to 4095 bytes with exactly one descriptor; engines refuse anything else.
new_bundle
payload sh -c 'test -t 0 && test -t 1 && test -t 2 && tty && read line && echo "<$line>"'
config '.process.terminal = true'
spawn python3 "$TESTS/helpers/console.py" "$WORK/console.sock" "$WORK/console" $'typed\n'
wait_until test -S "$WORK/console.sock"
start_container --console-socket "$WORK/console.sock"
wait_until test -e "$WORK/console.ended"
jq -e '.payload >= 1 and .payload < 4096 and .controls == 1 and .fds == 1 and .is_pty_master and .then == 0' \
  "$WORK/console.json" >/dev/null || fail "wrong framing: $(cat "$WORK/console.json")"
grep -q '/dev/pts/0\|/dev/console' "$WORK/console.ended" || fail "no terminal: $(cat "$WORK/console.ended")"
grep -q '<typed>' "$WORK/console.ended" || fail "input did not arrive: $(cat "$WORK/console.ended")"
[ -z "$(container_output)" ] || fail "output on the runtime's own stdout"
