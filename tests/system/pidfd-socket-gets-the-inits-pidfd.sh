#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 has no --pidfd-socket"
new_bundle
payload sleep 1000
cat >"$WORK/receive.py" <<'PY'
import array, os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1])
listener.listen(1)
connection, _ = listener.accept()
data, ancillary, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(64))
fds = array.array("i")
for _, _, content in ancillary:
    fds.frombytes(content)
with open(f"/proc/self/fdinfo/{fds[0]}") as info:
    pid = [line.split()[1] for line in info if line.startswith("Pid:")][0]
with open(sys.argv[2] + ".new", "w") as out:
    out.write(f"{pid} {len(fds)} {1 <= len(data) < 4096}")
os.rename(sys.argv[2] + ".new", sys.argv[2])
PY
spawn python3 "$WORK/receive.py" "$WORK/pidfd.sock" "$WORK/got"
wait_until test -S "$WORK/pidfd.sock"
create_container --pidfd-socket "$WORK/pidfd.sock"
wait_until test -e "$WORK/got"
expect_equal "$(cat "$WORK/got")" "$(container_pid) 1 True" "pid of the pidfd, descriptors, payload"
