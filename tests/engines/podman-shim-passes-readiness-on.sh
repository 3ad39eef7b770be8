#!/bin/bash
# --sdnotify=container: what the payload says goes to the host's socket, by our monitor.
source "$(dirname "$0")/podman-shim.bash"
need_command cc
cat >"$WORK/notify.c" <<'END'
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(void) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  strncpy(to.sun_path, getenv("NOTIFY_SOCKET"), sizeof to.sun_path - 1);
  const char text[] = "MAINPID=1\nREADY=1";
  return sendto(socket(AF_UNIX, SOCK_DGRAM, 0), text, sizeof text - 1, 0, (void*)&to, sizeof to) < 0;
}
END
cc -static -o "$WORK/notify" "$WORK/notify.c"
python3 - "$WORK/host.sock" >"$WORK/heard" <<'END' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(30)
while True:
    text = s.recv(4096).decode()
    print(text, flush=True)
    if "READY=1" in text:
        break
END
listener=$!
eventually test -S "$WORK/host.sock" || fail "nobody listens"
PREFIX=(env "NOTIFY_SOCKET=$WORK/host.sock")
pod_start --name ready --sdnotify=container --volume "$WORK/notify:/notify:ro" -- sh -c '/notify && sleep 30'
wait "$listener" || fail "no word of readiness: $(cat "$WORK/heard")"
grep -qx READY=1 "$WORK/heard" || fail "heard: $(cat "$WORK/heard")"
grep -qx MAINPID=1 "$WORK/heard" && fail "the payload named the main process"
exit 0
