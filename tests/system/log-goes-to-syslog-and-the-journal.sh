#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Listens where syslog and systemd-journald do, in a mount namespace of this test.
need_root
ocirt_only "crun's --log has these forms"
cat >"$WORK/listen.py" <<'PY'
import os, socket, subprocess, sys
def listen(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    listener.settimeout(10)
    return listener
runtime, root, name = sys.argv[1:]
for path, scheme in (("/dev/log", "syslog"), ("/run/systemd/journal/socket", "journald")):
    listener = listen(path)
    subprocess.run([runtime, "--root", root, "--log", f"{scheme}:{name}", "state", "nonesuch"])
    print(listener.recv(4096).decode())
PY
keep_output_of unshare --mount --propagation slave sh -c '
  mkdir -p "$0/dev" && mount --rbind /dev/null "$0/dev" 2>/dev/null
  mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /mnt; touch /mnt/null; mount --bind /dev/null /mnt/null
  mount --move /mnt /dev; exec python3 "$@"' "$WORK/scratch" "$WORK/listen.py" "$OCIRT" "$STATE_ROOT" myself
expect_status 0
grep -qE '^<11>myself\[[0-9]+\]: .*nonesuch.*does not exist' <<<"$STDOUT" || fail "nothing for syslog"
grep -qE '^MESSAGE=.*nonesuch.*does not exist' <<<"$STDOUT" || fail "nothing for the journal"
grep -qx 'PRIORITY=3' <<<"$STDOUT" || fail "no priority"
grep -qx 'SYSLOG_IDENTIFIER=myself' <<<"$STDOUT" || fail "no identifier"
grep -q 'nonesuch' <<<"$STDERR" || fail "stderr is silent"
