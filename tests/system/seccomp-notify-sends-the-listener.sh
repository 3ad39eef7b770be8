#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The agent at listenerPath gets the container's process state and one descriptor for each name in `fds`.
need_root
new_bundle
payload mkdir /a
config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $p, listenerMetadata: "meta data",
  syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_NOTIFY"}]}' --arg p "$WORK/agent.sock"
cat >"$WORK/agent.py" <<'PY'
import array, ctypes, fcntl, json, os, socket, struct, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1])
listener.listen(1)
connection, _ = listener.accept()
data, ancillary, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(64))
fds = array.array("i")
for _, _, content in ancillary:
    fds.frombytes(content)
while True:
    try:
        json.loads(data)
        break
    except ValueError:
        more = connection.recv(65536)
        if not more: break
        data += more
with open(sys.argv[2] + ".new", "wb") as out: out.write(data)
os.rename(sys.argv[2] + ".new", sys.argv[2])
state = json.loads(data)
fd = fds[state["fds"].index("seccompFd")]
notification = bytearray(80)
fcntl.ioctl(fd, 0xC0502100, notification)            # SECCOMP_IOCTL_NOTIF_RECV
ident = struct.unpack_from("=Q", notification)[0]
fcntl.ioctl(fd, 0xC0182101, bytearray(struct.pack("=QqiI", ident, 0, -17, 0)))  # SEND: -EEXIST
PY
spawn python3 "$WORK/agent.py" "$WORK/agent.sock" "$WORK/state.json"
wait_until test -S "$WORK/agent.sock"
run_container
expect_failure
grep -q "File exists" <<<"$STDERR" || fail "the agent's answer did not arrive"
jq -e --arg id "$ID" --arg bundle "$BUNDLE" '.metadata == "meta data" and (.pid > 0) and (.fds == ["seccompFd"])
  and .state.id == $id and .state.bundle == $bundle and (.state.status | test("creat"))' "$WORK/state.json" >/dev/null ||
  fail "wrong state: $(cat "$WORK/state.json")"
