#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

# What `logger` has open is a socket that leads to the host.
new_bundle
without_namespace network # CRIU follows no socket into another one
mkdir "$WORK/host"
spawn python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1] + "/log")
with open(sys.argv[1] + "/lines", "wb", 0) as f:
    while True: f.write(s.recv(4096) + b"\n")' "$WORK/host"
wait_until test -S "$WORK/host/log"
# CRIU connects to the path that it was bound to, from within the container: it is there under the same name.
add_mount "$WORK/host" bind "$WORK/host" bind
payload sh -c "ln -s '$WORK/host/log' /dev/log;"' { while :; do echo tick; sleep 0.05; done; } | logger'
lines() { grep -c tick "$WORK/host/lines"; }
has_lines() { [ "$(lines)" -ge "$1" ]; }
start_container
wait_until has_lines 3

checkpoint
expect_error_contains "--ext-unix-sk"
wait_for_status running
checkpoint --ext-unix-sk
expect_done
seen=$(lines)
restore --ext-unix-sk
expect_done
wait_until has_lines $((seen + 5))
