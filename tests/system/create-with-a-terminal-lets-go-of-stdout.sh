#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Before start: go-runc waits for the end of the pipe after `create` with a console socket.
new_bundle
payload sleep 1000
config '.process.terminal = true'
spawn python3 "$TESTS/helpers/console.py" "$WORK/console.sock" "$WORK/console"
wait_until test -S "$WORK/console.sock"
timeout 10 sh -c '"$@" 2>&1 | cat >/dev/null' - "$OCIRT" --root "$STATE_ROOT" \
  create --bundle "$BUNDLE" --console-socket "$WORK/console.sock" "$ID" || fail "somebody still holds stdout"
has_status "$ID" created || fail "status is not created"
