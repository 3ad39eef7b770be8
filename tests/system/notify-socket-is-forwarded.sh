#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# As a systemd unit of Type=notify: the payload's READY=1 arrives at the caller's socket.
need_root
new_bundle
payload sh -c 'echo $NOTIFY_SOCKET; probe notify READY=1 && sleep 1'
cat >"$WORK/listen.py" <<'PY'
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
listener.settimeout(15)
with open(sys.argv[2], "a", buffering=1) as out:
    while True:
        out.write(listener.recv(4096).decode() + "\n")
PY
spawn python3 "$WORK/listen.py" "$WORK/notify.sock" "$WORK/heard"
wait_until test -S "$WORK/notify.sock"
export NOTIFY_SOCKET=$WORK/notify.sock
run_container
expect_status 0
expect_stdout_contains /run/notify/notify.sock
wait_until grep -q READY=1 "$WORK/heard"
wait_until grep -q MAINPID= "$WORK/heard"
